package dev.weft.jdk;

/**
 * Saves the monitors that a thread holds while it runs a coroutine, the caller's above all.
 *
 * <p>The JVM notes a monitor that was never contended on the thread's lock stack, which has eight places. When a
 * continuation is set aside, JDK 25 moves all of that away with it, whoever locked it; the caller then no longer holds what
 * it has locked, and after some steps the JVM crashes. A monitor that is inflated has its owner noted in itself, and stays.
 * So, right before: enter eight monitors of our own, for which the JVM has to inflate all others, and leave them. That
 * costs 16 atomic operations, some 50 ns. They must be eight, as nothing tells how many places are taken, all different, as
 * one that is entered twice would itself be inflated, and never contended: hence a set for each coroutine.
 */
final class ThinLocks {
    private final Object second = new Object();
    private final Object third = new Object();
    private final Object fourth = new Object();
    private final Object fifth = new Object();
    private final Object sixth = new Object();
    private final Object seventh = new Object();
    private final Object eighth = new Object();

    /** Afterwards, all monitors that the calling thread holds are inflated. */
    @SuppressWarnings("EmptyBlock") // entering is all
    void inflate() {
        synchronized (this) {
            synchronized (second) {
                synchronized (third) {
                    synchronized (fourth) {
                        synchronized (fifth) {
                            synchronized (sixth) {
                                synchronized (seventh) {
                                    synchronized (eighth) {
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
