package dev.weft.kernel;

import java.util.IdentityHashMap;

/**
 * Virtual threads that code inside a greenlet has started without asking for a scheduler (a per-task executor, {@code
 * Thread.startVirtualThread}, a structured scope): the JDK gives them the starter's, which is the loop. They are greenlets
 * from then on: counted, listed, run in turn, killed when the loop closes. Belongs to the loop's thread.
 */
final class Adoptions {
    private final RunLoop loop;
    private final IdentityHashMap<Runnable, GreenletTask<?>> byContinuation = new IdentityHashMap<>();

    Adoptions(RunLoop loop) {
        this.loop = loop;
    }

    /** The thread of {@code continuation} can run; the first time, it was just started, mostly by who is calling. */
    void ready(Runnable continuation) {
        GreenletTask<?> known = byContinuation.get(continuation);
        if (known == null) {
            known = GreenletTask.adopt(loop, continuation, SpawnSites.exact());
            byContinuation.put(continuation, known);
        }
        known.canRun();
    }

    /** {@code continuation}'s thread has ended. */
    void forget(Runnable continuation) {
        byContinuation.remove(continuation);
    }
}
