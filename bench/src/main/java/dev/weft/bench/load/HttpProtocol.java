package dev.weft.bench.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

/**
 * A fixed request, answered with status 200, a Content-Length, and the expected body.
 *
 * <p>The first response of every connection is parsed, and so is every response that arrives in pieces or differs in length
 * from the last parsed one. For all others, only the start of the status line and the last bytes of the body are compared,
 * which costs next to nothing. Only a change between these that keeps the length goes unnoticed.
 */
final class HttpProtocol implements Protocol {
    private static final byte[] REQUEST =
            "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int FIRST_PIECE = 512;

    private final byte[] body;
    private final BitSet checked = new BitSet();
    private final byte[][] pieces;
    private final int[] gathered;
    private int usualBytes = -1; // length of the last parsed response; the fields below hold its first and last bytes
    private long usualStart;
    private long usualStatus;
    private long usualEnd;

    HttpProtocol(String body, int connections) {
        this.body = body.getBytes(StandardCharsets.UTF_8);
        pieces = new byte[connections][];
        gathered = new int[connections];
    }

    @Override
    public int requestBytes() {
        return REQUEST.length;
    }

    @Override
    public void write(Bytes out, int connection, int first, int count) {
        for (int i = 0; i < count; i++) {
            out.put(i * REQUEST.length, REQUEST);
        }
    }

    @Override
    public int read(int connection, Bytes in, int count) throws IOException {
        if (count == usualBytes && gathered[connection] == 0 && isUsual(in) && checked.get(connection)) {
            return 1;
        }
        gather(connection, in, count);
        HttpAnswer answer = HttpAnswer.parse(pieces[connection], gathered[connection]);
        if (answer == null || !isWhole(answer, gathered[connection])) {
            return 0;
        }
        checkBody(pieces[connection], answer.headBytes());
        gathered[connection] = 0;
        checked.set(connection);
        if (count == answer.totalBytes()) {
            usualBytes = count;
            usualStart = in.longAt(0);
            usualStatus = in.longAt(Long.BYTES);
            usualEnd = in.longAt(count - Long.BYTES);
        }
        return 1;
    }

    private boolean isUsual(Bytes in) {
        return in.longAt(0) == usualStart
                && in.longAt(Long.BYTES) == usualStatus
                && in.longAt(usualBytes - Long.BYTES) == usualEnd;
    }

    private void gather(int connection, Bytes in, int count) {
        byte[] all = pieces[connection];
        int length = gathered[connection] + count;
        if (all == null) {
            pieces[connection] = all = new byte[Math.max(length, FIRST_PIECE)];
        } else if (length > all.length) {
            pieces[connection] = all = Arrays.copyOf(all, Math.max(length, 2 * all.length));
        }
        in.copyTo(all, gathered[connection], count);
        gathered[connection] = length;
    }

    private boolean isWhole(HttpAnswer answer, int length) throws IOException {
        if (answer.bodyBytes() != body.length) {
            throw new IOException("got a body of " + answer.bodyBytes() + " bytes, not " + body.length);
        }
        if (length > answer.totalBytes()) {
            throw new IOException("got " + (length - answer.totalBytes()) + " bytes beyond the end of the response");
        }
        return length == answer.totalBytes();
    }

    private void checkBody(byte[] answer, int from) throws IOException {
        if (!Arrays.equals(answer, from, from + body.length, body, 0, body.length)) {
            throw new IOException("got the body \"" + new String(answer, from, body.length, StandardCharsets.UTF_8)
                    + "\", not \"" + new String(body, StandardCharsets.UTF_8) + '"');
        }
    }
}
