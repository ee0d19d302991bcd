package dev.weft.io.names;

import dev.weft.DeadlineExceeded;
import dev.weft.Weft;
import dev.weft.io.names.ResolverCall.Answer;
import dev.weft.io.names.ResolverCall.Asker;
import dev.weft.io.names.ResolverCall.Question;
import dev.weft.lowlevel.Clock;
import dev.weft.lowlevel.RuntimeThread;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The calls to the system's resolver that greenlets of this JVM wait for. The system offers blocking calls alone, deaf to
 * interrupts, so each has a thread: {@value #THREADS} at the most, daemons, which go when there is nothing to do. Equal
 * questions that are open at the same time are one call. Further ones wait for a thread, in the order of asking.
 *
 * <p>Who leaves (a kill, a deadline) leaves the call to the others; one that nobody waits for is not begun. The patience
 * with a call is 30 s: then all who wait for it get {@link UnknownHostException}, and so does at once who asks the same
 * while the thread still hangs. So a name costs one thread at the most, whatever its server does.
 *
 * <p>For greenlets of all loops.
 */
final class ResolverCalls {
    static final int THREADS = 16;
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final InetAddressResolver system;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock(); // held for some instructions; guards all below
    private final Map<Question<?>, ResolverCall<?>> underWay = new HashMap<>();
    private final LinkedHashSet<ResolverCall<?>> waitingForThread = new LinkedHashSet<>();
    private int threads;

    /** Calls of {@code system}; {@code clock} tells how old they are. */
    ResolverCalls(InetAddressResolver system, Clock clock) {
        this.system = system;
        this.clock = clock;
    }

    // ---- the greenlets' side
    // -----------------------------------------------------------------------------------------

    /**
     * The answer to {@code question}, for which the calling greenlet waits.
     *
     * @throws UnknownHostException if there is none, or not soon enough
     * @throws RuntimeException what ended the wait
     */
    <T> T ask(Question<T> question) throws UnknownHostException {
        Asker<T> asker = new Asker<>(question);
        ResolverCall<T> lookUp = join(asker);
        try {
            Duration left = PATIENCE.minusNanos(clock.nanos() - lookUp.begun);
            return Weft.await(asker, left).valueFor(question);
        } catch (DeadlineExceeded e) {
            throw unanswered(lookUp);
        } finally {
            leave(lookUp, asker);
        }
    }

    private static UnknownHostException unanswered(ResolverCall<?> lookUp) {
        return new UnknownHostException("no answer to the " + lookUp.question + " in " + PATIENCE.toSeconds() + " s"
                + (lookUp.hasThread
                        ? ": the name server hangs"
                        : ", which could not be begun: " + THREADS + " others hang, as the name server does"));
    }

    @SuppressWarnings("unchecked") // an equal question is of the same type
    private <T> ResolverCall<T> join(Asker<T> asker) {
        Question<T> question = asker.question;
        ResolverCall<T> lookUp;
        boolean start = false;
        lock.lock();
        try {
            lookUp = (ResolverCall<T>) underWay.get(question);
            if (lookUp == null) {
                lookUp = new ResolverCall<>(question, clock.nanos());
                underWay.put(question, lookUp);
                start = threads < THREADS;
                if (start) {
                    threads++;
                    lookUp.hasThread = true;
                } else {
                    waitingForThread.add(lookUp);
                }
            }
            lookUp.askers.add(asker);
        } finally {
            lock.unlock();
        }
        if (start) {
            startThread(lookUp);
        }
        return lookUp;
    }

    private void leave(ResolverCall<?> lookUp, Asker<?> asker) {
        lock.lock();
        try {
            lookUp.askers.remove(asker);
            if (lookUp.askers.isEmpty() && !lookUp.hasThread) {
                waitingForThread.remove(lookUp);
                underWay.remove(lookUp.question, lookUp);
            }
        } finally {
            lock.unlock();
        }
    }

    // ---- the threads' side
    // -------------------------------------------------------------------------------------------

    private void startThread(ResolverCall<?> first) {
        try {
            new RuntimeThread("weft " + first.question, new Serving(first)).start();
        } catch (Throwable noThread) {
            lock.lock();
            try {
                threads--;
            } finally {
                lock.unlock();
            }
            tell(first, new Answer<>(null, noThread));
        }
    }

    /** The work of a thread, which goes on where it was if something is thrown there. */
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
                    Thread.currentThread().setName("weft " + lookUp.question); // a thread dump shows which name hangs
                    known = lookUp.call(system);
                    answer = known;
                }
                tell(lookUp, known);
                present = null;
                answer = null;
                lookUp = next();
            }
        }
    }

    /** Tells all who wait for it; again, it goes on with those who have not been told. */
    @SuppressWarnings("unchecked") // the answer is to this very question
    private <T> void tell(ResolverCall<T> lookUp, Answer<?> answer) {
        lock.lock();
        try {
            underWay.remove(lookUp.question, lookUp);
        } finally {
            lock.unlock();
        }
        Asker<T> asker;
        while ((asker = firstAsker(lookUp)) != null) {
            asker.complete((Answer<T>) answer);
            leave(lookUp, asker);
        }
    }

    private <T> @Nullable Asker<T> firstAsker(ResolverCall<T> lookUp) {
        lock.lock();
        try {
            return lookUp.askers.isEmpty() ? null : lookUp.askers.getFirst();
        } finally {
            lock.unlock();
        }
    }

    /** The call that has waited longest for a thread, which the caller's is to take; null: the thread is to go. */
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
