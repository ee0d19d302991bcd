package dev.weft.context;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.ThreadLocalAccessor;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.MDC;

/** The contexts of real libraries, by Micrometer's library. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
@SuppressWarnings("try") // a span is current, and not spoken of
class PropagatedContextTest {
    private static final ContextKey<String> SPAN = ContextKey.named("span");

    /** As Micrometer's tracing has one. */
    private static final class OpenTelemetry implements ThreadLocalAccessor<Context> {
        @Override
        public Object key() {
            return "otel";
        }

        @Override
        public @Nullable Context getValue() {
            Context current = Context.current();
            return current == Context.root() ? null : current;
        }

        @Override
        @SuppressWarnings("MustBeClosedChecker") // a later setValue takes its place
        public void setValue(Context context) {
            context.makeCurrent();
        }

        @Override
        @SuppressWarnings("MustBeClosedChecker") // as above
        public void setValue() {
            Context.root().makeCurrent();
        }
    }

    private static LoopGroup open() {
        ContextRegistry registry = new ContextRegistry();
        registry.registerThreadLocalAccessor(new Slf4jThreadLocalAccessor());
        registry.registerThreadLocalAccessor(new OpenTelemetry());
        ContextSnapshotFactory factory = ContextSnapshotFactory.builder()
                .contextRegistry(registry)
                .clearMissing(true)
                .build();
        return LoopGroup.builder()
                .offloadThreads(1)
                .contextCarrier(PropagatedContext.carrier(factory))
                .open();
    }

    private static String seen() {
        return MDC.get("request") + " " + Context.current().get(SPAN);
    }

    @Test
    void diagnosticContextsAndSpansReachEverythingThatIsStarted() {
        try (LoopGroup group = open()) {
            group.next().call(() -> {
                MDC.put("request", "7");
                try (var span = Context.current().with(SPAN, "pay").makeCurrent()) {
                    assertEquals(
                            "7 pay", Weft.spawn(PropagatedContextTest::seen).join());
                    Weft.scope(scope -> assertEquals(
                            "7 pay", scope.spawn(PropagatedContextTest::seen).join()));
                    assertEquals("7 pay", Weft.offload(PropagatedContextTest::seen));
                    assertEquals("7 pay", Weft.offload(() -> Weft.fromThread(PropagatedContextTest::seen)));
                    CompletableFuture<String> called = new CompletableFuture<>();
                    Loop.current().execute(() -> called.complete(seen()));
                    assertEquals("7 pay", Weft.await(called));
                }
                assertEquals("7 null", seen());
            });
        }
    }

    @Test
    void greenletsThatTakeTurnsSeeTheirOwn() {
        try (LoopGroup group = open()) {
            group.next()
                    .call(() -> Weft.scope(scope -> {
                        for (int i = 0; i < 3; i++) {
                            String number = String.valueOf(i);
                            scope.spawn(() -> {
                                MDC.put("request", number);
                                for (int turn = 0; turn < 3; turn++) {
                                    Weft.yieldNow();
                                    assertEquals(number, MDC.get("request"));
                                }
                            });
                        }
                    }));
        }
    }

    @Test
    void aThreadOfThePoolKeepsNothing() {
        try (LoopGroup group = open()) {
            group.next().call(() -> {
                MDC.put("request", "7");
                Weft.offload(() -> {});
                MDC.clear();
                assertNull(Weft.offload(() -> MDC.get("request")));
            });
        }
    }
}
