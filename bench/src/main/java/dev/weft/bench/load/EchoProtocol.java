package dev.weft.bench.load;

import java.io.IOException;

/**
 * Echo messages of one size. Each begins with eight bytes, the numbers of the connection and the message, which are checked.
 * The rest is zero and only counted.
 */
final class EchoProtocol implements Protocol {
    static final int STAMP_BYTES = Long.BYTES;

    private final int messageBytes;
    private final int[] position;
    private final int[] expected;

    EchoProtocol(int messageBytes, int connections) {
        this.messageBytes = messageBytes;
        position = new int[connections];
        expected = new int[connections];
    }

    @Override
    public int requestBytes() {
        return messageBytes;
    }

    @Override
    public void write(Bytes out, int connection, int first, int count) {
        for (int i = 0; i < count; i++) {
            out.putLong(i * messageBytes, stamp(connection, first + i));
        }
    }

    private static long stamp(int connection, int message) {
        return ((long) message << 32) | connection;
    }

    @Override
    public int read(int connection, Bytes in, int count) throws IOException {
        int answers = 0;
        int inMessage = position[connection];
        for (int at = 0; at < count; ) {
            int part = Math.min(messageBytes - inMessage, count - at);
            if (inMessage < STAMP_BYTES) {
                check(connection, inMessage, in, at, part);
            }
            at += part;
            inMessage += part;
            if (inMessage == messageBytes) {
                inMessage = 0;
                expected[connection]++;
                answers++;
            }
        }
        position[connection] = inMessage;
        return answers;
    }

    private void check(int connection, int inMessage, Bytes in, int at, int part) throws IOException {
        long stamp = stamp(connection, expected[connection]);
        if (inMessage == 0 && part >= STAMP_BYTES) {
            if (in.longAt(at) != stamp) {
                throw wrong(connection, in.longAt(at));
            }
            return;
        }
        for (int i = 0; i < part && inMessage + i < STAMP_BYTES; i++) {
            if (in.byteAt(at + i) != (byte) (stamp >>> (8 * (inMessage + i)))) {
                throw new IOException(
                        "got a wrong byte " + (inMessage + i) + " in the echo of its message " + expected[connection]);
            }
        }
    }

    private IOException wrong(int connection, long stamp) {
        int from = (int) stamp;
        int message = (int) (stamp >>> 32);
        return new IOException(
                from != connection
                        ? "got the echo of connection " + from
                        : "got the echo of its message " + message + " where message " + expected[connection]
                                + " was due");
    }
}
