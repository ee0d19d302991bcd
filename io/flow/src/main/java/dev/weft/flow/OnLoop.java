package dev.weft.flow;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Weft;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Runs a component in a greenlet of a given loop. */
final class OnLoop extends Carrier {
    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    private final Loop loop;

    OnLoop(Loop loop) {
        this.loop = Objects.requireNonNull(loop, "loop");
    }

    @Override
    Loop home(Loop outer) {
        return loop;
    }

    @Override
    void carry(Component component) throws Exception {
        Greenlet<@Nullable Void> running = loop.spawn(component.name(), component::runInScope);
        try {
            running.join(Exception.class);
        } finally {
            if (!running.state().isDone()) {
                Weft.shield(() -> running.killAndJoin(FOREVER));
            }
        }
    }

    @Override
    public String toString() {
        return "loop " + loop.name();
    }
}
