package dev.weft.loop;

import dev.weft.diagnostics.SpawnSites;
import dev.weft.kernel.EventLoop;
import dev.weft.kernel.GreenletTask;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/**
 * Virtual threads that code inside a greenlet has started without asking for a scheduler (an executor per task, {@code
 * Thread.startVirtualThread}, a structured scope): the JDK gives them the starter's, which is the loop. They are greenlets
 * from then on: counted, listed, run in turn, killed when the loop closes. Any thread.
 */
final class AdoptedThreads {
    private final EventLoop loop;
    private final ConcurrentHashMap<Runnable, GreenletTask<?>> byContinuation = new ConcurrentHashMap<>();

    AdoptedThreads(EventLoop loop) {
        this.loop = loop;
    }

    /** The thread of {@code continuation} can run; the first time, it is just being started, by who is calling. */
    void ready(Runnable continuation) {
        GreenletTask<?> known = byContinuation.get(continuation);
        if (known == null) {
            known = adopt(continuation);
        }
        known.execute(continuation);
    }

    /** The JDK submits a thread once at a time, so nobody else adopts the same one. */
    private GreenletTask<?> adopt(Runnable continuation) {
        GreenletTask<?> adopted = GreenletTask.adopt(loop, continuation, SpawnSites.exact(loop));
        if (!loop.owner.isOpen()) {
            throw new RejectedExecutionException("loop " + loop.name() + " is closed; thread " + adopted.thread()
                    + ", which was made by one of its greenlets, cannot be started there");
        }
        byContinuation.put(continuation, adopted);
        return adopted;
    }

    /** {@code continuation}'s thread has ended. */
    void forget(Runnable continuation) {
        byContinuation.remove(continuation);
    }
}
