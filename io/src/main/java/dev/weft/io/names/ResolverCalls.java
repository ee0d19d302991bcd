package dev.weft.io.names;

import dev.weft.DeadlineExceeded;
import dev.weft.Weft;
import dev.weft.io.names.ResolverCall.Answer;
import dev.weft.io.names.ResolverCall.PendingAnswer;
import dev.weft.io.names.ResolverCall.Query;
import dev.weft.spi.Clock;
import dev.weft.spi.RuntimeThread;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Calls to the system's resolver on behalf of greenlets. The system offers only blocking calls that ignore interrupts,
 * so each has a thread: up to {@value #THREADS} daemons, which end when there is nothing to do. Equal queries at the
 * same time share one call. When all threads are busy, further calls wait in order.
 *
 * <p>A caller that is killed or runs out of time leaves the call to the others; a call that nobody waits for does not
 * begin. After 30 s all callers get {@link UnknownHostException}, and so does, at once, whoever asks the same while
 * that thread still hangs. So a name occupies at most one thread, whatever its server does.
 *
 * <p>For greenlets of all loops.
 */
final class ResolverCalls {
    static final int THREADS = 16;
    static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

    private final InetAddressResolver system;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock(); // held briefly; guards all below
    private final Map<Query<?>, ResolverCall<?>> underWay = new HashMap<>();
    private final LinkedHashSet<ResolverCall<?>> waitingForThread = new LinkedHashSet<>();
    private int threads;

    /** Calls of {@code system}, whose age {@code clock} measures. */
    ResolverCalls(InetAddressResolver system, Clock clock) {
        this.system = system;
        this.clock = clock;
    }

    /**
     * Waits for the answer to {@code query}. For greenlets.
     *
     * @throws UnknownHostException if there is none, or none in time
     * @throws RuntimeException what ended the wait
     */
    <T> T ask(Query<T> query) throws UnknownHostException {
        PendingAnswer<T> pendingAnswer = new PendingAnswer<>(query);
        ResolverCall<T> lookUp = join(pendingAnswer);
        try {
            Duration left = ANSWER_TIMEOUT.minusNanos(clock.nanos() - lookUp.begun);
            return Weft.await(pendingAnswer, left).valueFor(query);
        } catch (DeadlineExceeded e) {
            throw unanswered(lookUp);
        } finally {
            leave(lookUp, pendingAnswer);
        }
    }

    private static UnknownHostException unanswered(ResolverCall<?> lookUp) {
        return new UnknownHostException("no answer to the " + lookUp.query + " in " + ANSWER_TIMEOUT.toSeconds() + " s"
                + (lookUp.hasThread
                        ? ": the name server hangs"
                        : ", which could not be begun: " + THREADS + " others hang, as the name server does"));
    }

    @SuppressWarnings("unchecked") // an equal query is of the same type
    private <T> ResolverCall<T> join(PendingAnswer<T> pendingAnswer) {
        Query<T> query = pendingAnswer.query;
        ResolverCall<T> lookUp;
        boolean start = false;
        lock.lock();
        try {
            lookUp = (ResolverCall<T>) underWay.get(query);
            if (lookUp == null) {
                lookUp = new ResolverCall<>(query, clock.nanos());
                underWay.put(query, lookUp);
                start = threads < THREADS;
                if (start) {
                    threads++;
                    lookUp.hasThread = true;
                } else {
                    waitingForThread.add(lookUp);
                }
            }
            lookUp.pending.add(pendingAnswer);
        } finally {
            lock.unlock();
        }
        if (start) {
            startThread(lookUp);
        }
        return lookUp;
    }

    private void leave(ResolverCall<?> lookUp, PendingAnswer<?> pendingAnswer) {
        lock.lock();
        try {
            lookUp.pending.remove(pendingAnswer);
            if (lookUp.pending.isEmpty() && !lookUp.hasThread) {
                waitingForThread.remove(lookUp);
                underWay.remove(lookUp.query, lookUp);
            }
        } finally {
            lock.unlock();
        }
    }

    private void startThread(ResolverCall<?> first) {
        try {
            new RuntimeThread("weft " + first.query, new Serving(first)).start();
        } catch (Throwable noThread) {
            lock.lock();
            try {
                threads--;
            } finally {
                lock.unlock();
            }
            deliver(first, new Answer<>(null, noThread));
        }
    }

    /** The work of a thread. If something is thrown, it continues where it was. */
    private final class Serving implements Runnable {
        private @Nullable ResolverCall<?> present;
        private @Nullable Answer<?> answer;

        Serving(ResolverCall<?> first) {
            present = first;
        }

        @Override
        public void run() {
            RuntimeThread.insist(this::serve);
        }

        private void serve() {
            ResolverCall<?> lookUp = present == null ? next() : present;
            while (lookUp != null) {
                present = lookUp;
                Answer<?> known = answer;
                if (known == null) {
                    Thread.currentThread().setName("weft " + lookUp.query); // a thread dump shows which name hangs
                    known = lookUp.call(system);
                    answer = known;
                }
                deliver(lookUp, known);
                present = null;
                answer = null;
                lookUp = next();
            }
        }
    }

    /** Gives the answer to all callers; if called again, to those that have not got it yet. */
    @SuppressWarnings("unchecked") // the answer is to this very query
    private <T> void deliver(ResolverCall<T> lookUp, Answer<?> answer) {
        lock.lock();
        try {
            underWay.remove(lookUp.query, lookUp);
        } finally {
            lock.unlock();
        }
        PendingAnswer<T> pendingAnswer;
        while ((pendingAnswer = firstPending(lookUp)) != null) {
            pendingAnswer.complete((Answer<T>) answer);
            leave(lookUp, pendingAnswer);
        }
    }

    private <T> @Nullable PendingAnswer<T> firstPending(ResolverCall<T> lookUp) {
        lock.lock();
        try {
            return lookUp.pending.isEmpty() ? null : lookUp.pending.getFirst();
        } finally {
            lock.unlock();
        }
    }

    /** Takes the call that has waited longest for a thread, for the calling thread; null: the thread is to end. */
    private @Nullable ResolverCall<?> next() {
        lock.lock();
        try {
            ResolverCall<?> next = waitingForThread.isEmpty() ? null : waitingForThread.removeFirst();
            if (next == null) {
                threads--;
            } else {
                next.hasThread = true;
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        lock.lock();
        try {
            return underWay.size() + " look-ups on " + threads + " threads";
        } finally {
            lock.unlock();
        }
    }
}
