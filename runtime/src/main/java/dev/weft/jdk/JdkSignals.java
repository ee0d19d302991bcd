package dev.weft.jdk;

import java.util.function.Consumer;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/** Access to the JDK's signal handlers, which are in the module {@code jdk.unsupported}. Any thread. */
public final class JdkSignals {
    private JdkSignals() {}

    /** A handler that is in place, and the one that it replaced. */
    public static final class Installed {
        private final Signal signal;
        private final SignalHandler own;
        private final SignalHandler former;

        private Installed(String name, Consumer<String> told) {
            signal = new Signal(name);
            own = received -> told.accept(received.getName());
            former = Signal.handle(signal, own);
        }

        /** Returns whether the signal is ignored by the process, so that it never arrives. */
        public boolean isIgnored() {
            return former == SignalHandler.SIG_IGN;
        }

        /** Puts the former handler back, unless another one has been installed meanwhile; that one stays. */
        public void restore() {
            SignalHandler present = Signal.handle(signal, former);
            if (present != own) {
                Signal.handle(signal, present);
            }
        }
    }

    /**
     * Makes {@code told} be called with the signal's name, on a thread of the JVM that is started for each signal.
     *
     * @param name the name without {@code SIG}
     * @throws UnsupportedOperationException if the JVM does not pass this signal on
     */
    public static Installed install(String name, Consumer<String> told) {
        try {
            return new Installed(name, told);
        } catch (IllegalArgumentException e) {
            throw new UnsupportedOperationException(
                    "the JVM does not pass SIG" + name
                            + " on: it keeps it to itself (as it does with all of them if it was"
                            + " started with -Xrs; remove that option), or the operating system has no such signal",
                    e);
        }
    }
}
