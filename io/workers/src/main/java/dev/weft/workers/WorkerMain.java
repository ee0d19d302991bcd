package dev.weft.workers;

import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.serial.Serializer;
import dev.weft.shared.OwnerClient;
import dev.weft.workers.internal.SocketDirectory;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The program of a worker process. The main thread receives a task, runs it, and sends the answer. Another thread reads the
 * standard input, on which the pool names tasks to be cancelled. The end of that input is the end of the pool's process, for
 * whatever reason, and then this one ends at once.
 */
final class WorkerMain {
    private final FrameChannel pool;
    private final Cancellations cancellations;

    private WorkerMain(FrameChannel pool, Cancellations cancellations) {
        this.pool = pool;
        this.cancellations = cancellations;
    }

    /** Serves the pool that listens at the socket {@code arguments[0]}. */
    public static void main(String[] arguments) {
        Path socket = Path.of(arguments[0]);
        InputStream lifeline = System.in;
        System.setIn(InputStream.nullInputStream());
        Cancellations cancellations = new Cancellations();
        Thread watch =
                Thread.ofPlatform().name("lifeline").daemon().start(() -> watch(lifeline, cancellations, socket));
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            new WorkerMain(new FrameChannel(channel, Serializer.MAX_BYTES), cancellations).serve();
        } catch (IOException e) {
            awaitEnd(watch); // the pool has gone, or will end this process
        }
    }

    private static void awaitEnd(Thread watch) {
        try {
            watch.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt(); // and end without it
        }
    }

    private static void watch(InputStream lifeline, Cancellations cancellations, Path socket) {
        try (DataInputStream tasks = new DataInputStream(lifeline)) {
            while (true) {
                cancellations.cancel(tasks.readLong());
            }
        } catch (IOException e) {
            SocketDirectory.removeAll(socket);
            Runtime.getRuntime().halt(1);
        }
    }

    private void serve() throws IOException {
        WorkerSetup setup = WorkerSetup.decode(pool.receive().body());
        PoolLink link = new PoolLink(pool);
        Serializer serializer = new OwnerClient(setup.serializer(), link).serializer();
        Initializer initializer = new Initializer(
                setup.initializer().length == 0 ? null : (VoidTask) serializer.read(setup.initializer()));
        TaskRunner runner = setup.greenlets() ? onLoop(LoopGroup.open().next()) : Callable::call;
        Frame next = pool.receive();
        while (true) {
            Frame task = next;
            next = link.next(answer(
                    task,
                    serializer,
                    code -> cancellations.run(
                            task.task(),
                            () -> runner.run(() -> {
                                initializer.run();
                                return code.call();
                            }))));
        }
    }

    /** How a task runs. */
    private interface TaskRunner {
        @Nullable Object run(Callable<?> task) throws Exception;
    }

    /** Runs tasks as greenlets of {@code loop}; an interrupt of the main thread kills them. */
    private static TaskRunner onLoop(Loop loop) {
        return task -> loop.<@Nullable Object>call(task::call);
    }

    private static Frame answer(Frame task, Serializer serializer, TaskRunner runner) {
        byte[] body;
        Frame.Kind kind = Frame.Kind.RESULT;
        try {
            body = serializer.write(
                    runner.run((Callable<?>) Objects.requireNonNull(serializer.read(task.body()), "task")));
        } catch (Throwable t) {
            kind = Frame.Kind.FAILURE;
            body = serializer.writeFailure(t);
        }
        System.out.flush();
        System.err.flush();
        return new Frame(kind, task.task(), body);
    }
}
