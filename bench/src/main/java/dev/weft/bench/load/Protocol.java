package dev.weft.bench.load;

import dev.weft.bench.rival.Service;
import java.io.IOException;

/** What is sent on the connections, and what the answers must be. Keeps where each connection is in its answer. */
interface Protocol {
    int requestBytes();

    /** Writes requests to the start of {@code out}: {@code count} of {@code connection}, from its number {@code first} on. */
    void write(Bytes out, int connection, int first, int count);

    /**
     * Reads the first {@code count} bytes of {@code in}, which {@code connection} received: parts of answers, or several.
     * Returns how many answers became whole; fails if one is not what it must be.
     */
    int read(int connection, Bytes in, int count) throws IOException;

    /** What the clients of {@code service} speak. */
    static Protocol of(Service service, Shape shape) {
        return service.isHttp()
                ? new HttpProtocol(service.body(), shape.connections())
                : new EchoProtocol(shape.messageBytes(), shape.connections());
    }
}
