package dev.weft.jdk;

/**
 * Protects the monitors that a thread holds while it runs a coroutine, in particular the caller's.
 *
 * <p>The JVM records a monitor that was never contended on the thread's lock stack, which has eight entries. When a
 * continuation is suspended, JDK 25 moves all of them away with it, whoever locked them; the caller then no longer holds what
 * it has locked, and the JVM soon crashes. An inflated monitor records its owner itself and is not moved. So, right before a
 * suspension, enter eight monitors of our own, for which the JVM has to inflate all others, and leave them. That costs 16
 * atomic operations, some 50 ns. There must be eight, as nothing tells how many entries are taken, and all different, as one
 * that is entered twice would itself be inflated; and never contended, hence a set for each coroutine.
 */
final class ThinLocks {
    private final Object second = new Object();
    private final Object third = new Object();
    private final Object fourth = new Object();
    private final Object fifth = new Object();
    private final Object sixth = new Object();
    private final Object seventh = new Object();
    private final Object eighth = new Object();

    /** Inflates all monitors that the calling thread holds. */
    @SuppressWarnings("EmptyBlock") // entering is all that is needed
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
