package dev.weft.kernel;

/** The inbox event by which another thread makes a greenlet runnable. */
record ReadyElsewhere(GreenletTask<?> greenlet) implements Runnable {
    @Override
    public void run() {
        greenlet.canRun();
    }
}
