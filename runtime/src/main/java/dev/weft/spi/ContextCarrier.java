package dev.weft.spi;

import org.jspecify.annotations.Nullable;

/**
 * Carries the context of libraries that keep it in thread-locals, such as SLF4J's MDC or OpenTelemetry's current span, from the
 * code that starts something to the code that is started: to greenlets, off-loaded calls, {@code fromThread}, and callbacks. Set
 * with {@link dev.weft.LoopGroup.Builder#contextCarrier}; {@code weft-metrics} has one for Micrometer's context propagation, which
 * covers most libraries.
 *
 * <pre>{@code
 * ContextCarrier mdc = () -> {
 *     Map<String, String> there = MDC.getCopyOfContextMap();
 *     return there == null ? null : () -> {
 *         Map<String, String> before = MDC.getCopyOfContextMap();
 *         MDC.setContextMap(there);
 *         return () -> { if (before == null) MDC.clear(); else MDC.setContextMap(before); };
 *     };
 * };
 * }</pre>
 *
 * <p>It is called by any thread, several at a time, and must not wait. What it throws is thrown by the spawn, or fails what was
 * started.
 */
@FunctionalInterface
public interface ContextCarrier {
    /** Returns the calling thread's context; null if there is none to be carried. */
    @Nullable Snapshot capture();

    /** A captured context. It may be used by several threads, and more than once. */
    @FunctionalInterface
    interface Snapshot {
        /** Makes this the calling thread's context, until the result is closed by the same thread. */
        Restoration makeCurrent();
    }

    /** Puts back the context that was there before. */
    @FunctionalInterface
    interface Restoration extends AutoCloseable {
        @Override
        void close();
    }
}
