package dev.weft.bench.rival;

import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;

/** Produces the bodies of responses for the servers that bring HTTP with them. */
@FunctionalInterface
interface Body {
    /** Returns the body of the next response; may wait. */
    byte[] next() throws IOException;

    /** Returns the services with one body per request. */
    static Set<Service> services() {
        return EnumSet.of(Service.HTTP, Service.BACKEND);
    }

    /** Returns the bodies of the service of {@code terms}, which come from its upstream if it has one. */
    static <C extends ByteChannel> Body of(Terms terms, Concurrency<C> concurrency) {
        if (terms.service() == Service.HTTP) {
            byte[] body = Service.BODY.getBytes(StandardCharsets.US_ASCII);
            return () -> body;
        }
        return new Backend<>(concurrency, terms.requiredUpstream())::call;
    }
}
