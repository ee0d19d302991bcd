package dev.weft.loop;

import dev.weft.diagnostics.SpawnSites;
import dev.weft.kernel.EventLoop;
import dev.weft.kernel.GreenletTask;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/**
 * Virtual threads that code inside a greenlet has started without specifying a scheduler (through an executor, {@code
 * Thread.startVirtualThread}, a structured scope). The JDK gives them the starter's scheduler, which is the loop. They become
 * greenlets: counted, listed, run in turn, killed when the loop closes. Any thread.
 */
final class AdoptedThreads {
    private final EventLoop loop;
    private final ConcurrentHashMap<Runnable, GreenletTask<?>> byContinuation = new ConcurrentHashMap<>();

    AdoptedThreads(EventLoop loop) {
        this.loop = loop;
    }

    /** The thread of {@code continuation} can run; the first time, the caller is just starting it. */
    void ready(Runnable continuation) {
        GreenletTask<?> known = byContinuation.get(continuation);
        if (known == null) {
            known = adopt(continuation);
        }
        known.execute(continuation);
    }

    /** Not racy, as the JDK never submits the same thread twice at a time. */
    private GreenletTask<?> adopt(Runnable continuation) {
        GreenletTask<?> adopted = GreenletTask.adopt(loop, continuation, SpawnSites.exact(loop));
        if (!loop.owner.isOpen()) {
            throw new RejectedExecutionException("loop " + loop.name() + " is closed; thread " + adopted.thread()
                    + ", which was created by one of its greenlets, cannot be started there");
        }
        byContinuation.put(continuation, adopted);
        return adopted;
    }

    /** The thread of {@code continuation} has ended. */
    void forget(Runnable continuation) {
        byContinuation.remove(continuation);
    }
}
