package dev.weft.workers;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Workers that are other nodes: each task goes to one of them, which may be another one each time. */
record NodeCarrier(WorkerNodes.Dispatcher nodes) implements Carrier<byte[]> {
    @Override
    public byte[] pack(Callable<?> task) {
        return nodes.pack(task);
    }

    @Override
    public Lane<byte[]> open(int number) {
        return new NodeLane(nodes);
    }

    private record NodeLane(WorkerNodes.Dispatcher nodes) implements Lane<byte[]> {
        @Override
        public @Nullable Object run(byte[] task) throws Exception {
            return nodes.run(task);
        }
    }
}
