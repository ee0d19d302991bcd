package dev.weft.workers;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Workers that are greenlets: a task runs in the greenlet that was submitted for it. */
record GreenletCarrier(@Nullable VoidTask initializer) implements Carrier<Callable<?>> {
    @Override
    public Callable<?> pack(Callable<?> task) {
        return task;
    }

    @Override
    public Lane<Callable<?>> open(int number) {
        return new GreenletLane(new Initializer(initializer));
    }

    private record GreenletLane(Initializer initializer) implements Lane<Callable<?>> {
        @Override
        public @Nullable Object run(Callable<?> task) throws Exception {
            initializer.run();
            return task.call();
        }
    }
}
