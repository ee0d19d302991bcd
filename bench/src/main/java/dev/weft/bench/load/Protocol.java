package dev.weft.bench.load;

import dev.weft.bench.rival.Service;
import java.io.IOException;

/** The requests of a service and the check of its answers. Tracks the position of each connection within its answer. */
interface Protocol {
    int requestBytes();

    /**
     * Writes {@code count} requests of {@code connection}, from its request {@code first} on, to the start of {@code out}. Called
     * again with the same {@code first} if the socket has not accepted the whole of it.
     */
    void write(Bytes out, int connection, int first, int count) throws IOException;

    /**
     * Checks the first {@code count} bytes of {@code in}, received on {@code connection}. They may be part of an answer or
     * several answers.
     *
     * @return how many answers are now complete
     * @throws IOException if an answer is wrong
     */
    int read(int connection, Bytes in, int count) throws IOException;

    /** Called once for each connection, when it is open, before anything is sent. May exchange bytes with the server. */
    default void opened(int connection, int socket, Sockets sockets) throws IOException {}

    /** Returns the protocol of {@code service}. */
    static Protocol of(Service service, Shape shape) {
        return switch (service) {
            case HTTP, BACKEND, BACKENDS -> new HttpProtocol(service.body(), shape.connections());
            case ECHO, PROXY -> new EchoProtocol(shape.messageBytes(), shape.connections());
            case TLS -> new TlsProtocol(shape);
        };
    }
}
