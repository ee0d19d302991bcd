package dev.weft.service;

import dev.weft.jdk.JdkSignals;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Who wants to hear of which signal. The JVM's handler is replaced while there are listeners. Any thread. */
final class SignalListeners {
    private static final Map<Signal, SignalListeners> OF = new EnumMap<>(Signal.class);

    private final Set<Consumer<Signal>> listeners = new LinkedHashSet<>();
    private final JdkSignals.Installed installed;

    private SignalListeners(Signal signal) {
        installed = JdkSignals.install(signal.name(), name -> tell(signal));
    }

    /** Makes {@code listener}, which must not block, be called for {@code signal}, on a thread of the JVM. */
    static void add(Signal signal, Consumer<Signal> listener) {
        synchronized (OF) {
            SignalListeners known = OF.get(signal);
            if (known == null) {
                known = new SignalListeners(signal);
                OF.put(signal, known);
            }
            known.listeners.add(listener);
        }
    }

    /** Removes {@code listener}, if it is there. */
    static void remove(Signal signal, Consumer<Signal> listener) {
        synchronized (OF) {
            SignalListeners known = OF.get(signal);
            if (known != null && known.listeners.remove(listener) && known.listeners.isEmpty()) {
                OF.remove(signal);
                known.installed.restore();
            }
        }
    }

    /** Returns whether the process ignores {@code signal}. */
    static boolean isIgnored(Signal signal) {
        synchronized (OF) {
            SignalListeners known = OF.get(signal);
            return known != null && known.installed.isIgnored();
        }
    }

    private void tell(Signal signal) {
        List<Consumer<Signal>> all;
        synchronized (OF) {
            all = List.copyOf(listeners);
        }
        all.forEach(listener -> listener.accept(signal));
    }
}
