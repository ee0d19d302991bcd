package dev.weft.bench.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * How the load generator talks to the kernel. A socket is a small number, used again after it was closed; nothing here
 * waits but {@link #connect} and {@link #poll}; one thread uses it. Sockets are reset when they are closed, so that none is
 * left in TIME_WAIT and a later run finds its ports free. TCP_NODELAY is on.
 */
interface Transport extends AutoCloseable {
    /** So many connections to one server can share a source address before local ports run out. */
    int CONNECTIONS_PER_SOURCE = 20_000;

    /** The connections that may wait to be accepted. */
    int BACKLOG = 4096;

    /** What there is nothing of: no connection to accept. */
    int NONE = -1;

    /** What a socket is watched for. */
    enum Interest {
        RECEIVE,
        SEND,
        BOTH
    }

    /** Told of what can be done on a socket. May be told in vain. */
    interface Handler {
        /** Something can be received from (or accepted at) {@code socket}, or it has ended. */
        void readable(int socket) throws IOException;

        /** Something can be sent on {@code socket}; only while it is watched for that. */
        default void writable(int socket) throws IOException {}
    }

    /** What it is called in the result. */
    String label();

    /**
     * Connects to {@code server}; blocks until it is connected. The socket is watched for receiving.
     *
     * @param number how many connections to it there are already, for {@link #source}
     */
    int connect(InetSocketAddress server, int number, Handler handler) throws IOException;

    /** Listens on a free port of 127.0.0.1. */
    int listen(Handler handler) throws IOException;

    /** The local port of {@code socket}. */
    int port(int socket) throws IOException;

    /** Accepts a connection; {@link #NONE} if none waits. The new socket is watched for receiving. */
    int accept(int listener, Handler handler) throws IOException;

    /** From now on tells of {@code interest} alone. */
    void watch(int socket, Interest interest) throws IOException;

    /** Waits for {@code timeoutMillis} at the most, tells the handlers, and returns of how many sockets. */
    int poll(int timeoutMillis) throws IOException;

    /** Receives what is there, up to the capacity. Returns how many bytes; 0 if nothing is there, -1 at the end. */
    int receive(int socket, Bytes target) throws IOException;

    /** Sends of that range what fits; returns how much that was. */
    int send(int socket, Bytes source, int from, int length) throws IOException;

    /** Resets {@code socket}. */
    void close(int socket) throws IOException;

    /** Resets them all. */
    @Override
    void close() throws IOException;

    /** Where a connection is to come from: 127.0.0.1 for the first 20,000, then 127.0.0.2 and so on. */
    static InetAddress source(int connection) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (1 + connection / CONNECTIONS_PER_SOURCE)});
    }
}
