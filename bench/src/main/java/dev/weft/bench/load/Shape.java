package dev.weft.bench.load;

/**
 * How a server is loaded.
 *
 * @param busy how many connections send, spread evenly over all; the others are idle after one exchange
 * @param depth messages under way at once on a busy connection
 * @param messageBytes length of a message; for HTTP it means nothing
 */
public record Shape(int connections, int busy, int depth, int messageBytes) {
    private static final int REHEARSING = 1000;
    private static final int DEEPEST = 1024;
    private static final int LARGEST_MESSAGE = 16 * 1024;

    public Shape {
        if (connections < 1) {
            throw new IllegalArgumentException("--connections must be at least 1: " + connections);
        }
        if (busy < 1 || busy > connections) {
            throw new IllegalArgumentException("--busy must be between 1 and --connections: " + busy);
        }
        if (depth < 1 || depth > DEEPEST) {
            throw new IllegalArgumentException("--depth must be between 1 and " + DEEPEST + ": " + depth);
        }
        if (messageBytes < EchoProtocol.STAMP_BYTES || messageBytes > LARGEST_MESSAGE) {
            throw new IllegalArgumentException("--size must be between " + EchoProtocol.STAMP_BYTES + " and "
                    + LARGEST_MESSAGE + ": " + messageBytes);
        }
    }

    /** All connections busy, one message of {@code messageBytes} under way on each. */
    public static Shape busy(int connections, int messageBytes) {
        return new Shape(connections, connections, 1, messageBytes);
    }

    public Shape within(int limit) {
        return connections <= limit ? this : new Shape(limit, Math.min(busy, limit), depth, messageBytes);
    }

    /** The same over few connections, which are soon opened and closed again. */
    Shape rehearsal() {
        return within(REHEARSING);
    }

    /** The connection that is number {@code index} of the busy ones. */
    int busyConnection(int index) {
        return (int) ((long) index * connections / busy);
    }
}
