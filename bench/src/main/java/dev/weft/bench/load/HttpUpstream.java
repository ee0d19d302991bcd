package dev.weft.bench.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

/**
 * An HTTP server that answers every request a fixed time after its head has arrived, never earlier, in order of arrival. A
 * request ends with an empty line, may arrive in pieces, and has no body. A head above 8 KiB ends its connection.
 */
final class HttpUpstream extends Upstream {
    private static final int LONGEST_HEAD = 8 * 1024;

    private final long delayNanos;
    private final Bytes answer;
    private final DueAnswers due = new DueAnswers();
    private int[] headBytes = new int[1024]; // received bytes of the current request
    private int[] endBytes = new int[1024]; // how many bytes of \r\n\r\n have just been matched
    private int[] owed = new int[1024]; // bytes of answers that are due but not sent
    private final BitSet blocked = new BitSet(); // sockets that did not accept all bytes

    HttpUpstream(Sockets sockets, String body, long delayNanos) throws IOException {
        super(sockets);
        this.delayNanos = delayNanos;
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + content.length + "\r\n\r\n";
        answer = Bytes.of((head + body).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    void accepted(int socket) {
        if (socket >= owed.length) {
            int length = Math.max(socket + 1, 2 * owed.length);
            headBytes = Arrays.copyOf(headBytes, length);
            endBytes = Arrays.copyOf(endBytes, length);
            owed = Arrays.copyOf(owed, length);
        }
        headBytes[socket] = 0;
        endBytes[socket] = 0;
        owed[socket] = 0;
        blocked.clear(socket);
    }

    @Override
    void received(int socket, Bytes bytes, int count) throws IOException {
        long at = System.nanoTime() + delayNanos;
        int head = headBytes[socket];
        int end = endBytes[socket];
        for (int i = 0; i < count; i++) {
            end = afterNext(bytes.byteAt(i), end);
            head++;
            if (end == 4) {
                due.add(socket, generation(socket), at);
                end = 0;
                head = 0;
            }
        }
        if (head > LONGEST_HEAD) {
            throw new IOException("the request head is longer than " + LONGEST_HEAD + " bytes");
        }
        headBytes[socket] = head;
        endBytes[socket] = end;
    }

    /** Returns how many bytes of {@code \r\n\r\n} are matched after {@code next}, if {@code end} were matched before. */
    private static int afterNext(byte next, int end) {
        return switch (next) {
            case '\r' -> end == 2 ? 3 : 1;
            case '\n' -> end == 1 || end == 3 ? end + 1 : 0;
            default -> 0;
        };
    }

    @Override
    public long perform(long now) throws IOException {
        while (!due.isEmpty()) {
            long rest = due.firstNanos() - now;
            if (rest > 0) {
                return rest;
            }
            answerFirst();
        }
        return EventLoop.NEVER;
    }

    private void answerFirst() throws IOException {
        int socket = due.firstSocket();
        boolean isThere = due.firstGeneration() == generation(socket);
        long at = due.firstNanos();
        due.removeFirst();
        if (isThere) {
            owed[socket] += answer.capacity();
            tryFlush(socket);
            answered(1);
            lateness().recordValue(Math.min(Pace.LONGEST_NANOS, System.nanoTime() - at));
        }
    }

    @Override
    void flush(int socket) throws IOException {
        while (owed[socket] > 0) {
            int whole = answer.capacity();
            int rest = (owed[socket] - 1) % whole + 1; // unsent bytes of the first answer
            int sent = sockets().send(socket, answer, whole - rest, rest);
            owed[socket] -= sent;
            if (sent < rest) {
                blocked.set(socket);
                sockets().watch(socket, Sockets.Interest.BOTH);
                return;
            }
        }
        if (blocked.get(socket)) {
            blocked.clear(socket);
            sockets().watch(socket, Sockets.Interest.RECEIVE);
        }
    }

    /** A queue of answers in due order: a ring buffer that grows when it is full and never shrinks. */
    private static final class DueAnswers {
        private int[] sockets = new int[1024];
        private int[] generations = new int[1024];
        private long[] nanos = new long[1024];
        private int first;
        private int size;

        void add(int socket, int generation, long dueNanos) {
            if (size == sockets.length) {
                grow();
            }
            int place = (first + size++) & (sockets.length - 1);
            sockets[place] = socket;
            generations[place] = generation;
            nanos[place] = dueNanos;
        }

        private void grow() {
            int length = sockets.length;
            sockets = Arrays.copyOf(sockets, 2 * length);
            generations = Arrays.copyOf(generations, 2 * length);
            nanos = Arrays.copyOf(nanos, 2 * length);
            System.arraycopy(sockets, 0, sockets, length, first);
            System.arraycopy(generations, 0, generations, length, first);
            System.arraycopy(nanos, 0, nanos, length, first);
        }

        boolean isEmpty() {
            return size == 0;
        }

        int firstSocket() {
            return sockets[first];
        }

        int firstGeneration() {
            return generations[first];
        }

        long firstNanos() {
            return nanos[first];
        }

        void removeFirst() {
            first = (first + 1) & (sockets.length - 1);
            size--;
        }
    }
}
