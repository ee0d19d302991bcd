package dev.weft.kernel;

import dev.weft.lowlevel.RuntimeThread;

/** The platform thread of a loop. Its class is how code asks which loop it is on. */
final class LoopThread extends RuntimeThread {
    final RunLoop loop;

    LoopThread(RunLoop loop, String name, long stackSize) {
        super(name, loop::run, stackSize);
        this.loop = loop;
        setDaemon(false);
    }
}
