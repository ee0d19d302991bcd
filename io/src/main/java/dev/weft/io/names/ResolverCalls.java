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
 * Calls to the system's resolver on behalf of greenlets of all loops. The operating system offers only blocking calls that ignore
 * interrupts, so each call has its own thread. There are at most {@value #THREADS} threads; they are daemons and end when idle.
 * Concurrent equal queries share one call. When all threads are busy, further calls wait in FIFO order.
 *
 * <p>A caller that is killed or reaches its deadline leaves; the call continues for the others. A queued call is dropped when its
 * last caller leaves. After 30 s all callers get {@link UnknownHostException}. Later callers with the same query get it
 * immediately while the thread is still blocked. A name therefore never occupies more than one thread, whatever its server does.
 */
final class ResolverCalls {
    static final int THREADS = 16;
    static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

    private final InetAddressResolver system;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock(); // held briefly; guards all fields below
    private final Map<Query<?>, ResolverCall<?>> calls = new HashMap<>();
    private final LinkedHashSet<ResolverCall<?>> waitingForThread = new LinkedHashSet<>();
    private int threads;

    /** Creates an instance that calls {@code system} and measures the age of calls by {@code clock}. */
    ResolverCalls(InetAddressResolver system, Clock clock) {
        this.system = system;
        this.clock = clock;
    }

    /**
     * Waits for the answer to {@code query}. Must be called by a greenlet.
     *
     * @throws UnknownHostException if the look-up fails or there is no answer in time
     * @throws RuntimeException if the wait is ended by a kill or a deadline
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
                        ? ": the name server does not respond"
                        : ": it could not be started because " + THREADS + " others are blocked by a name server"));
    }

    @SuppressWarnings("unchecked") // an equal query is of the same type
    private <T> ResolverCall<T> join(PendingAnswer<T> pendingAnswer) {
        Query<T> query = pendingAnswer.query;
        ResolverCall<T> lookUp;
        boolean start = false;
        lock.lock();
        try {
            lookUp = (ResolverCall<T>) calls.get(query);
            if (lookUp == null) {
                lookUp = new ResolverCall<>(query, clock.nanos());
                calls.put(query, lookUp);
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
                calls.remove(lookUp.query, lookUp);
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

    /** The body of a thread. If an exception interrupts it, it resumes where it stopped. */
    private final class Serving implements Runnable {
        private @Nullable ResolverCall<?> current;
        private @Nullable Answer<?> answer;

        Serving(ResolverCall<?> first) {
            current = first;
        }

        @Override
        public void run() {
            RuntimeThread.insist(this::serve);
        }

        private void serve() {
            ResolverCall<?> lookUp = current == null ? next() : current;
            while (lookUp != null) {
                current = lookUp;
                Answer<?> known = answer;
                if (known == null) {
                    Thread.currentThread()
                            .setName("weft " + lookUp.query); // so that a thread dump shows which name is blocked
                    known = lookUp.call(system);
                    answer = known;
                }
                deliver(lookUp, known);
                current = null;
                answer = null;
                lookUp = next();
            }
        }
    }

    /** Delivers the answer to all callers; a repeated call delivers it to those that have not yet received it. */
    @SuppressWarnings("unchecked") // the answer is to this very query
    private <T> void deliver(ResolverCall<T> lookUp, Answer<?> answer) {
        lock.lock();
        try {
            calls.remove(lookUp.query, lookUp);
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

    /** Removes and returns the call that has waited longest for a thread, or null if the calling thread must end. */
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
            return calls.size() + " look-ups on " + threads + " threads";
        } finally {
            lock.unlock();
        }
    }
}
