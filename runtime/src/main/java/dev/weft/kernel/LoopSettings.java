package dev.weft.kernel;

import dev.weft.ImplicitYields;
import dev.weft.StartedThreads;
import dev.weft.UncaughtHandler;
import dev.weft.lowlevel.Clock;
import dev.weft.lowlevel.LoopListener;
import dev.weft.lowlevel.Poller;
import dev.weft.lowlevel.PollerProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.ServiceLoader;

/** What a loop is made with. */
public record LoopSettings(
        String name,
        UncaughtHandler uncaughtHandler,
        LoopListener listener,
        Clock clock,
        PollerProvider poller,
        long stackSize,
        RunOrder order,
        LoopDriver driver,
        StartedThreads startedThreads,
        ImplicitYields implicitYields) {

    /** Told of everything, does nothing. */
    static final LoopListener NO_LISTENER = new LoopListener() {};

    private static final long DEFAULT_STACK_SIZE = 16L << 20;

    public LoopSettings {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(uncaughtHandler, "uncaughtHandler");
        Objects.requireNonNull(listener, "listener");
        Objects.requireNonNull(clock, "clock");
        Objects.requireNonNull(poller, "poller");
        Objects.requireNonNull(startedThreads, "startedThreads");
        Objects.requireNonNull(implicitYields, "implicitYields");
    }

    /** What a group has unless its builder says otherwise. */
    public static LoopSettings defaults() {
        return new LoopSettings(
                "weft",
                Reports::uncaught,
                NO_LISTENER,
                Clock.system(),
                LoopSettings::foundPoller,
                DEFAULT_STACK_SIZE,
                RunOrder.FIFO,
                RunLoop::runUntilClosed,
                StartedThreads.ADOPTED,
                ImplicitYields.ALLOWED);
    }

    public LoopSettings withName(String value) {
        return new LoopSettings(
                value,
                uncaughtHandler,
                listener,
                clock,
                poller,
                stackSize,
                order,
                driver,
                startedThreads,
                implicitYields);
    }

    public LoopSettings withUncaughtHandler(UncaughtHandler value) {
        return new LoopSettings(
                name, value, listener, clock, poller, stackSize, order, driver, startedThreads, implicitYields);
    }

    public LoopSettings withListener(LoopListener value) {
        return new LoopSettings(
                name, uncaughtHandler, value, clock, poller, stackSize, order, driver, startedThreads, implicitYields);
    }

    public LoopSettings withClock(Clock value) {
        return new LoopSettings(
                name,
                uncaughtHandler,
                listener,
                value,
                poller,
                stackSize,
                order,
                driver,
                startedThreads,
                implicitYields);
    }

    public LoopSettings withPoller(PollerProvider value) {
        return new LoopSettings(
                name,
                uncaughtHandler,
                listener,
                clock,
                value,
                stackSize,
                order,
                driver,
                startedThreads,
                implicitYields);
    }

    public LoopSettings withStackSize(long value) {
        return new LoopSettings(
                name, uncaughtHandler, listener, clock, poller, value, order, driver, startedThreads, implicitYields);
    }

    public LoopSettings withOrder(RunOrder value) {
        return new LoopSettings(
                name,
                uncaughtHandler,
                listener,
                clock,
                poller,
                stackSize,
                value,
                driver,
                startedThreads,
                implicitYields);
    }

    public LoopSettings withDriver(LoopDriver value) {
        return new LoopSettings(
                name,
                uncaughtHandler,
                listener,
                clock,
                poller,
                stackSize,
                order,
                value,
                startedThreads,
                implicitYields);
    }

    public LoopSettings withStartedThreads(StartedThreads value) {
        return new LoopSettings(
                name, uncaughtHandler, listener, clock, poller, stackSize, order, driver, value, implicitYields);
    }

    public LoopSettings withImplicitYields(ImplicitYields value) {
        return new LoopSettings(
                name, uncaughtHandler, listener, clock, poller, stackSize, order, driver, startedThreads, value);
    }

    Poller openPoller() {
        try {
            return poller.open();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open the poller of loop " + name, e);
        }
    }

    private static Poller foundPoller() throws IOException {
        PollerProvider found = ServiceLoader.load(PollerProvider.class, LoopSettings.class.getClassLoader())
                .findFirst()
                .orElse(ParkPoller::new);
        return found.open();
    }
}
