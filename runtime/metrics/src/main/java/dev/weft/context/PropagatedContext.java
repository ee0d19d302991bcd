package dev.weft.context;

import dev.weft.spi.ContextCarrier;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;

/**
 * Carries what Micrometer's {@code context-propagation} library knows of: every thread-local for which a {@code
 * ThreadLocalAccessor} is registered. Micrometer's observations and tracing (and OpenTelemetry by it) register theirs; for
 * SLF4J's MDC, register {@code Slf4jThreadLocalAccessor}.
 *
 * <pre>{@code
 * ContextRegistry.getInstance().registerThreadLocalAccessor(new Slf4jThreadLocalAccessor());
 * LoopGroup group = LoopGroup.builder().contextCarrier(PropagatedContext.carrier()).open();
 * }</pre>
 *
 * <p>Needs {@code io.micrometer:context-propagation}, which this artifact does not bring along. A spawn costs one snapshot in
 * addition: a look at each registered thread-local.
 */
public final class PropagatedContext {
    private PropagatedContext() {}

    /** Returns a carrier of the context that the library's global registry describes. */
    public static ContextCarrier carrier() {
        return carrier(ContextSnapshotFactory.builder().clearMissing(true).build());
    }

    /** As {@link #carrier()}, with snapshots of {@code factory}, which may have a registry of its own. */
    public static ContextCarrier carrier(ContextSnapshotFactory factory) {
        return () -> {
            ContextSnapshot there = factory.captureAll();
            return () -> there.setThreadLocals()::close;
        };
    }
}
