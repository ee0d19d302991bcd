package dev.weft.kernel;

import dev.weft.Action;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A body without a result, adapted to {@link Callable}. */
public record ActionBody(Action action) implements Callable<@Nullable Void>, WrittenElsewhere {
    public ActionBody {
        Objects.requireNonNull(action, "body");
    }

    @Override
    public @Nullable Void call() throws Exception {
        action.run();
        return null;
    }

    @Override
    public Object written() {
        return action;
    }

    /** Returns the class in which the user wrote {@code body}. */
    public static Class<?> written(Object body) {
        Object inner = body;
        while (inner instanceof WrittenElsewhere wrapper) {
            inner = wrapper.written();
        }
        return inner.getClass();
    }
}
