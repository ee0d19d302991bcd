package dev.weft.io.names;

import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One call to the system's resolver, and those who wait for it. Guarded by the lock of its {@link ResolverCalls}. */
final class ResolverCall<T> {
    final Question<T> question;
    final long begun;
    final SequencedSet<Asker<T>> askers = new LinkedHashSet<>();
    volatile boolean hasThread; // volatile, as a message tells it

    ResolverCall(Question<T> question, long begun) {
        this.question = question;
        this.begun = begun;
    }

    /** What the system's resolver can be asked. Equal ones have the same answer. */
    interface Question<T> {
        /** Blocks until the answer is there. */
        T ask(InetAddressResolver resolver) throws UnknownHostException;
    }

    /** One who waits for a call; its text is what the greenlet waits on. */
    static final class Asker<T> extends CompletableFuture<Answer<T>> {
        final Question<T> question;

        Asker(Question<T> question) {
            this.question = question;
        }

        @Override
        public String toString() {
            return question.toString();
        }
    }

    /** What became of a call. */
    record Answer<T>(@Nullable T value, @Nullable Throwable failure) {

        /** The value, or the failure: one of its own for each who asked, as what a greenlet fails with is added to. */
        T valueFor(Question<T> question) throws UnknownHostException {
            T found = value;
            if (found != null) {
                return found;
            }
            if (failure instanceof Error error) {
                throw error;
            }
            String reason = failure instanceof UnknownHostException unknown ? unknown.getMessage() : null;
            UnknownHostException own =
                    new UnknownHostException(reason == null ? "the " + question + " failed" : reason);
            own.initCause(failure);
            throw own;
        }
    }

    /** Makes the call. */
    Answer<T> call(InetAddressResolver system) {
        try {
            return new Answer<>(question.ask(system), null);
        } catch (Throwable t) {
            return new Answer<>(null, t);
        }
    }
}
