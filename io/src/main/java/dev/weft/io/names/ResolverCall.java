package dev.weft.io.names;

import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A call to the system's resolver, and the callers that wait for its answer. Guarded by the lock of its {@link ResolverCalls}.
 */
final class ResolverCall<T> {
    final Query<T> query;
    final long begun;
    final SequencedSet<PendingAnswer<T>> pending = new LinkedHashSet<>();
    volatile boolean hasThread; // volatile because it is read for a message without the lock

    ResolverCall(Query<T> query, long begun) {
        this.query = query;
        this.begun = begun;
    }

    /** A query to the system's resolver. Equal queries have the same answer. */
    interface Query<T> {
        /** Queries {@code resolver}. Blocks until the answer is available. */
        T ask(InetAddressResolver resolver) throws UnknownHostException;
    }

    /** A future for the answer that one caller waits for. Its string form describes the wait. */
    static final class PendingAnswer<T> extends CompletableFuture<Answer<T>> {
        final Query<T> query;

        PendingAnswer(Query<T> query) {
            this.query = query;
        }

        @Override
        public String toString() {
            return query.toString();
        }
    }

    /** The result of a call: a value or a failure. */
    record Answer<T>(@Nullable T value, @Nullable Throwable failure) {

        /** Returns the value, or throws the failure as a new exception for each caller. */
        T valueFor(Query<T> query) throws UnknownHostException {
            T found = value;
            if (found != null) {
                return found;
            }
            if (failure instanceof Error error) {
                throw error;
            }
            throw failed(query, failure);
        }
    }

    /** Returns a new exception for each caller, because suppressed exceptions may be added to a greenlet's failure. */
    static UnknownHostException failed(Object lookUp, @Nullable Throwable cause) {
        String reason = cause instanceof UnknownHostException ? cause.getMessage() : null;
        UnknownHostException failed = new UnknownHostException(reason == null ? "the " + lookUp + " failed" : reason);
        failed.initCause(cause);
        return failed;
    }

    /** Executes the call on the current thread. */
    Answer<T> call(InetAddressResolver system) {
        try {
            return new Answer<>(query.ask(system), null);
        } catch (Throwable t) {
            return new Answer<>(null, t);
        }
    }
}
