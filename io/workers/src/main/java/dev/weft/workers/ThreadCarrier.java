package dev.weft.workers;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Workers that are platform threads of this JVM. Each starts with its first task. */
final class ThreadCarrier implements Carrier<Callable<?>> {
    private final WorkersBuilder settings;
    private final List<ExecutorService> threads = new CopyOnWriteArrayList<>();

    ThreadCarrier(WorkersBuilder settings) {
        this.settings = settings;
    }

    @Override
    public Callable<?> pack(Callable<?> task) {
        return task;
    }

    @Override
    public Lane<Callable<?>> open(int number) {
        ExecutorService thread = Executors.newSingleThreadExecutor(Thread.ofPlatform()
                .name(settings.name + "-" + number)
                .daemon()
                .inheritInheritableThreadLocals(false)
                .factory());
        threads.add(thread);
        return new ThreadLane(thread, new Initializer(settings.initializer));
    }

    @Override
    public void kill() {
        threads.forEach(ExecutorService::shutdownNow); // which interrupts
    }

    @Override
    public void close() {
        threads.forEach(ExecutorService::shutdown);
    }
}
