package dev.weft.workers;

import dev.weft.serial.Serializer;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** On nodes that are this program itself: what is sent is copied, and runs in the greenlet that sends it. */
class NodeWorkersTest extends WorkersContract {
    private static final Serializer SERIALIZER =
            Serializer.builder().allowPackage("dev.weft.workers").build();

    @Override
    Workers open(WorkersBuilder builder) {
        return builder.nodes(SelfNode::new);
    }

    private record SelfNode(Initializer initializer) implements WorkerNodes.Dispatcher {
        SelfNode(@Nullable VoidTask initializer) {
            this(new Initializer(initializer));
        }

        @Override
        public byte[] pack(Callable<?> task) {
            return SERIALIZER.write(task);
        }

        @Override
        public @Nullable Object run(byte[] task) throws Exception {
            initializer.run();
            Callable<?> copy = (Callable<?>) Objects.requireNonNull(SERIALIZER.read(task));
            return SERIALIZER.read(SERIALIZER.write(copy.call()));
        }
    }
}
