package dev.weft.kernel;

/** The platform thread of a loop. Its class is how code asks which loop it is on. */
final class LoopThread extends Thread {
    final RunLoop loop;

    LoopThread(RunLoop loop, String name, long stackSize) {
        super(null, null, name, stackSize, false);
        this.loop = loop;
    }

    @Override
    public void run() {
        loop.run();
    }
}
