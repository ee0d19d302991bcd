package dev.weft.bench.load;

/**
 * Who sends how much at a time.
 *
 * @param connections how many there are; each has one exchange when it is opened
 * @param busy how many of them send on from there, spread evenly
 * @param depth how many messages are under way on each of those
 */
record Shape(int connections, int busy, int depth) {
    private static final int REHEARSING = 1000;
    private static final int DEEPEST = 1024;

    Shape {
        if (connections < 1) {
            throw new IllegalArgumentException("--connections must be at least 1: " + connections);
        }
        if (busy < 1 || busy > connections) {
            throw new IllegalArgumentException("--busy must be between 1 and --connections: " + busy);
        }
        if (depth < 1 || depth > DEEPEST) {
            throw new IllegalArgumentException("--depth must be between 1 and " + DEEPEST + ": " + depth);
        }
    }

    /** The connection that is number {@code index} of the busy ones. */
    int busyConnection(int index) {
        return (int) ((long) index * connections / busy);
    }

    /** The same over so few connections that they are soon open and closed again. */
    Shape rehearsal() {
        int count = Math.min(connections, REHEARSING);
        return new Shape(count, Math.min(busy, count), depth);
    }
}
