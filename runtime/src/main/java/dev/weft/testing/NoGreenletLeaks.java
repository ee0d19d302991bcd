package dev.weft.testing;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.loop.RunLoop;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A JUnit extension that fails a test that leaks: a loop that it did not close, or a greenlet or timer on a loop that existed
 * before. Use it as {@code @ExtendWith(NoGreenletLeaks.class)}. Not for tests that run in parallel in one JVM, as it checks
 * all loops.
 */
@SuppressWarnings("exports") // users of this class have JUnit
public final class NoGreenletLeaks implements BeforeEachCallback, AfterEachCallback {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(NoGreenletLeaks.class);

    /** The state of a loop before the test. */
    private record Before(Set<Greenlet<?>> greenlets, int timers) {}

    /** Creates the extension; for JUnit. */
    public NoGreenletLeaks() {}

    @Override
    public void beforeEach(ExtensionContext context) {
        Map<Loop, Before> before = new HashMap<>();
        for (RunLoop loop : RunLoop.live()) {
            before.put(
                    loop,
                    new Before(
                            new HashSet<>(loop.greenlets()), loop.statistics().timers()));
        }
        context.getStore(NAMESPACE).put(Before.class, before);
    }

    @Override
    @SuppressWarnings("unchecked") // put there by beforeEach
    public void afterEach(ExtensionContext context) {
        Map<Loop, Before> before = Objects.requireNonNull(
                context.getStore(NAMESPACE).get(Before.class, Map.class), "beforeEach has not run");
        for (RunLoop loop : RunLoop.live()) {
            Before then = before.get(loop);
            if (then == null) {
                throw new AssertionError("the test left a loop open: " + loop + " with " + loop.greenlets());
            }
            List<Greenlet<?>> left = loop.greenlets();
            left.removeAll(then.greenlets);
            if (!left.isEmpty()) {
                throw new AssertionError("the test left greenlets on " + loop.name() + ": " + left);
            }
            int timers = loop.statistics().timers() - then.timers;
            if (timers > 0) {
                throw new AssertionError("the test left " + timers + " timers on " + loop.name());
            }
        }
    }
}
