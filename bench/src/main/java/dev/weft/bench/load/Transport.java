package dev.weft.bench.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * How the load generator talks to the kernel. Connections are numbers from zero; one thread uses it. Connections are reset
 * when they are closed, so that none is left in TIME_WAIT and a later run finds its ports free.
 */
interface Transport extends AutoCloseable {
    /** So many connections to one server can share a source address before local ports run out. */
    int CONNECTIONS_PER_SOURCE = 20_000;

    /** Told of each connection on which something can be received. */
    @FunctionalInterface
    interface Sink {
        /** Something can be received on {@code connection}, or it has ended. */
        void ready(int connection) throws IOException;
    }

    /** Connects {@code connection} to {@code server}; blocks until it is connected. */
    void connect(int connection, InetSocketAddress server) throws IOException;

    /** Waits until something can be received, for {@code timeoutMillis} at the most, and tells {@code sink}. */
    void select(int timeoutMillis, Sink sink) throws IOException;

    /** Receives what is there, up to a message. Returns how many bytes; 0 if nothing is there, -1 at the end. */
    int receive(int connection) throws IOException;

    /** The stamp in what the last {@link #receive} got, at least four bytes. */
    int receivedStamp();

    /** Sends one message that begins with {@code stamp}. */
    void send(int connection, int stamp) throws IOException;

    @Override
    void close() throws IOException;

    /** Where {@code connection} is to come from: 127.0.0.1 for the first 20,000, then 127.0.0.2 and so on. */
    static InetAddress source(int connection) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (1 + connection / CONNECTIONS_PER_SOURCE)});
    }
}
