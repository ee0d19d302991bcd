package dev.weft.io;

/**
 * A handler of a {@link StreamServer}, which serves one connection.
 *
 * @param <S> the type of the connection
 */
@FunctionalInterface
public interface StreamHandler<S extends ByteStream> {
    /**
     * Serves {@code stream}. Called in its own greenlet on the stream's loop; the stream is closed when this returns or throws.
     * An {@link java.io.IOException} or {@link java.io.UncheckedIOException} ends only this connection and is logged at level
     * {@code DEBUG}; any other exception goes to the group's uncaught handler. The server does not wait for greenlets that the
     * handler spawns; their operations on the stream fail when it is closed.
     */
    void serve(S stream) throws Exception;
}
