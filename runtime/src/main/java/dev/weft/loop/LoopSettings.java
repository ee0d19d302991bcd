package dev.weft.loop;

import dev.weft.ImplicitYields;
import dev.weft.LoopGroup;
import dev.weft.StartedThreads;
import dev.weft.UncaughtHandler;
import dev.weft.log.RuntimeLog;
import dev.weft.scheduler.LoopDriver;
import dev.weft.scheduler.RunOrder;
import dev.weft.spi.Clock;
import dev.weft.spi.ContextCarrier;
import dev.weft.spi.LoopListener;
import dev.weft.spi.Poller;
import dev.weft.spi.PollerProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The immutable settings of a loop; each {@code with} returns a modified copy. The defaults are instances of classes rather
 * than lambdas, each of which would delay the first greenlet by a millisecond.
 */
public final class LoopSettings implements Cloneable {
    /** A listener that does nothing. */
    public static final LoopListener NO_LISTENER = new LoopListener() {};

    private static final long DEFAULT_STACK_SIZE = 16L << 20;

    private String name = "weft";
    private UncaughtHandler uncaughtHandler = new RuntimeLog.Uncaught();
    private LoopListener listener = NO_LISTENER;
    private Clock clock = Clock.system();
    private PollerProvider poller = new DefaultPoller();
    private long stackSize = DEFAULT_STACK_SIZE;
    private RunOrder order = RunOrder.FIFO;
    private LoopDriver driver = new LoopDriver.UntilClosed();
    private StartedThreads startedThreads = StartedThreads.ADOPTED;
    private ImplicitYields implicitYields = ImplicitYields.ALLOWED;
    private @Nullable ContextCarrier contextCarrier;

    private static @Nullable BuilderAccess builderAccess;

    /** Gives this package access to the settings of a builder, which are not public. */
    public interface BuilderAccess {
        void change(LoopGroup.Builder builder, UnaryOperator<LoopSettings> change);
    }

    private LoopSettings() {}

    /** Called by the builder's class, once. */
    public static void grantAccess(BuilderAccess access) {
        builderAccess = access;
    }

    /** Changes the settings of {@code builder}. For {@code dev.weft.testing}. */
    public static LoopGroup.Builder change(LoopGroup.Builder builder, UnaryOperator<LoopSettings> change) {
        Objects.requireNonNull(builderAccess, "granted by the builder's class").change(builder, change);
        return builder;
    }

    /** Returns the settings of a group whose builder does not change them. */
    public static LoopSettings defaults() {
        return new LoopSettings();
    }

    private LoopSettings with(Consumer<LoopSettings> change) {
        try {
            LoopSettings copy = (LoopSettings) clone();
            change.accept(copy);
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    public String name() {
        return name;
    }

    public LoopSettings withName(String value) {
        return with(copy -> copy.name = Objects.requireNonNull(value, "name"));
    }

    public UncaughtHandler uncaughtHandler() {
        return uncaughtHandler;
    }

    public LoopSettings withUncaughtHandler(UncaughtHandler value) {
        return with(copy -> copy.uncaughtHandler = Objects.requireNonNull(value, "uncaughtHandler"));
    }

    public LoopListener listener() {
        return listener;
    }

    public LoopSettings withListener(LoopListener value) {
        return with(copy -> copy.listener = Objects.requireNonNull(value, "listener"));
    }

    public Clock clock() {
        return clock;
    }

    public LoopSettings withClock(Clock value) {
        return with(copy -> copy.clock = Objects.requireNonNull(value, "clock"));
    }

    public PollerProvider poller() {
        return poller;
    }

    public LoopSettings withPoller(PollerProvider value) {
        return with(copy -> copy.poller = Objects.requireNonNull(value, "poller"));
    }

    public long stackSize() {
        return stackSize;
    }

    public LoopSettings withStackSize(long value) {
        return with(copy -> copy.stackSize = value);
    }

    public RunOrder order() {
        return order;
    }

    public LoopSettings withOrder(RunOrder value) {
        return with(copy -> copy.order = Objects.requireNonNull(value, "order"));
    }

    public LoopDriver driver() {
        return driver;
    }

    public LoopSettings withDriver(LoopDriver value) {
        return with(copy -> copy.driver = Objects.requireNonNull(value, "driver"));
    }

    public StartedThreads startedThreads() {
        return startedThreads;
    }

    public LoopSettings withStartedThreads(StartedThreads value) {
        return with(copy -> copy.startedThreads = Objects.requireNonNull(value, "startedThreads"));
    }

    public ImplicitYields implicitYields() {
        return implicitYields;
    }

    public LoopSettings withImplicitYields(ImplicitYields value) {
        return with(copy -> copy.implicitYields = Objects.requireNonNull(value, "implicitYields"));
    }

    public @Nullable ContextCarrier contextCarrier() {
        return contextCarrier;
    }

    public LoopSettings withContextCarrier(ContextCarrier value) {
        return with(copy -> copy.contextCarrier = Objects.requireNonNull(value, "contextCarrier"));
    }

    Poller openPoller() {
        try {
            return poller.open();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open the poller of loop " + name, e);
        }
    }
}
