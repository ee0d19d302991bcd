package dev.weft.bench.cluster;

/**
 * What sends messages to another JVM, which runs a {@link MessageServer} of the same kind: it answers a number with its successor, and
 * counts messages of 100 bytes.
 */
public interface Messenger extends AutoCloseable {
    /** The size of a message that is counted. */
    int MESSAGE_BYTES = 100;

    /** Asks {@code asks} questions, one after the other, and returns the time that they took. */
    long nanosOfAsks(int asks) throws Exception;

    /** Asks {@code asks} questions of which at most {@code inFlight} are unanswered, and returns the time until all are answered. */
    long nanosOfAsks(int asks, int inFlight) throws Exception;

    /** Sends messages, and returns the time until all have been counted. */
    long nanosOfMessages(int messages) throws Exception;

    /** Returns asks a second with one and with {@code inFlight} in flight, and messages a second. */
    default double[] speeds(int asks, int asksAtOnce, int inFlight, int messages) throws Exception {
        return new double[] {
            asks * 1e9 / nanosOfAsks(asks),
            asksAtOnce * 1e9 / nanosOfAsks(asksAtOnce, inFlight),
            messages * 1e9 / nanosOfMessages(messages)
        };
    }

    @Override
    void close();
}
