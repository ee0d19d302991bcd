package dev.weft.bench.load;

import dev.weft.bench.rival.Service;
import java.io.IOException;

/** The requests of a service and the check of its answers. Tracks the position of each connection within its answer. */
interface Protocol {
    int requestBytes();

    /** Writes {@code count} requests of {@code connection}, from its request {@code first} on, to the start of {@code out}. */
    void write(Bytes out, int connection, int first, int count);

    /**
     * Checks the first {@code count} bytes of {@code in}, received on {@code connection}. They may be part of an answer or
     * several answers.
     *
     * @return how many answers are now complete
     * @throws IOException if an answer is wrong
     */
    int read(int connection, Bytes in, int count) throws IOException;

    /** Returns the protocol of {@code service}. */
    static Protocol of(Service service, Shape shape) {
        return service.isHttp()
                ? new HttpProtocol(service.body(), shape.connections())
                : new EchoProtocol(shape.messageBytes(), shape.connections());
    }
}
