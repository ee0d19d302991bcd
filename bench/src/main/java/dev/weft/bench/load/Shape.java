package dev.weft.bench.load;

/**
 * The shape of the load on a server.
 *
 * @param busy the number of connections that keep sending, spread evenly over all; the others are idle after one exchange
 * @param depth the number of messages in flight on a busy connection
 * @param messageBytes the length of a message; ignored for HTTP
 */
public record Shape(int connections, int busy, int depth, int messageBytes) {
    private static final int REHEARSAL_CONNECTIONS = 1000;
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

    /** Returns a shape with all connections busy and one message of {@code messageBytes} in flight on each. */
    public static Shape busy(int connections, int messageBytes) {
        return new Shape(connections, connections, 1, messageBytes);
    }

    public Shape within(int limit) {
        return connections <= limit ? this : new Shape(limit, Math.min(busy, limit), depth, messageBytes);
    }

    /** Returns this shape with few enough connections to open and close quickly. */
    Shape rehearsal() {
        return within(REHEARSAL_CONNECTIONS);
    }

    /** Returns the connection with {@code index} among the busy ones. */
    int busyConnection(int index) {
        return (int) ((long) index * connections / busy);
    }
}
