package dev.weft.workers;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.io.UnixListener;
import dev.weft.io.UnixStream;
import dev.weft.io.process.ChildProcess;
import dev.weft.serial.Serializer;
import dev.weft.spi.Sneaky;
import dev.weft.sync.Select;
import dev.weft.workers.internal.SocketDirectory;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A worker process, seen from the pool. Confined to the greenlets of the pool's loop, except {@link #kill}. */
final class WorkerProcess {
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final ProcessCarrier carrier;
    private final ChildProcess process;
    private final OutputRelay output;
    private final OutputRelay errors;
    private List<Greenlet<?>> readers = List.of(); // of its output
    private @Nullable UnixStream stream;
    private @Nullable FrameChannel channel;
    private long tasks;
    private volatile boolean killed;

    private WorkerProcess(ProcessCarrier carrier, ChildProcess process) {
        this.carrier = carrier;
        this.process = process;
        long pid = process.pid();
        WorkerOutput sink = carrier.settings.output;
        output = new OutputRelay(process.stdout(), line -> sink.line(pid, WorkerOutput.Source.STDOUT, line));
        errors = new OutputRelay(process.stderr(), line -> sink.line(pid, WorkerOutput.Source.STDERR, line));
    }

    /** Starts a worker and waits until it has connected. The socket has a name only until then. */
    static WorkerProcess start(ProcessCarrier carrier, byte[] setup) throws IOException {
        Path directory = Weft.shield(() -> Weft.offload(SocketDirectory::create)); // or a kill would leave it
        Path socket = SocketDirectory.socket(directory);
        try (UnixListener listener = UnixListener.bind(socket)) {
            List<String> command = Weft.offload(() -> carrier.command().words(socket));
            WorkerProcess worker = new WorkerProcess(carrier, ChildProcess.start(new ProcessBuilder(command)));
            try {
                worker.connect(listener);
                worker.channel().send(new Frame(Frame.Kind.SETUP, 0, setup));
                carrier.command().prepareForMore();
                return worker;
            } catch (Throwable t) {
                worker.close();
                throw t;
            }
        } finally {
            Weft.shield(() -> Weft.offload(() -> SocketDirectory.remove(directory)));
        }
    }

    private void connect(UnixListener listener) throws IOException {
        readers = List.of(
                Weft.spawn(process.stdout().toString(), output),
                Weft.spawn(process.stderr().toString(), errors));
        Optional<UnixStream> accepted = Weft.<Optional<UnixStream>, IOException>select(
                Select.on(listener.accepting(), Optional::of), Select.on(process.exit(), status -> Optional.empty()));
        if (accepted.isEmpty()) {
            throw died(null);
        }
        stream = accepted.get();
        channel = new FrameChannel(accepted.get(), Serializer.MAX_BYTES);
    }

    private FrameChannel channel() {
        return Objects.requireNonNull(channel, "not connected");
    }

    /** Returns how many tasks it was given. */
    long tasks() {
        return tasks;
    }

    /** Returns whether it can be given another task. */
    boolean isAlive() {
        return !killed && process.isAlive();
    }

    /**
     * Runs a task and returns its result or throws its failure. If the caller is cancelled, asks the worker to cancel the task
     * and waits for its end; a worker that does not answer within the grace is killed.
     *
     * @throws WorkerDied if the worker has ended, or has sent garbage and was killed
     */
    @Nullable Object call(byte[] task) throws Exception {
        long number = ++tasks;
        Frame answer;
        try {
            channel().send(new Frame(Frame.Kind.TASK, number, task));
            answer = answer(number);
        } catch (IOException e) {
            throw died(e);
        } catch (Throwable cancelled) {
            answer = Weft.shield(() -> cancel(number)).orElse(null);
            if (answer == null || answer.kind() != Frame.Kind.RESULT) {
                throw cancelled;
            }
        }
        if (answer.kind() == Frame.Kind.RESULT) {
            return carrier.serializer.read(answer.body());
        }
        throw Sneaky.rethrow(carrier.serializer.readFailure(answer.body()));
    }

    private Frame answer(long number) throws IOException {
        Frame answer = channel().receive();
        while (answer.kind() == Frame.Kind.REQUEST) {
            Frame reply = new Frame(Frame.Kind.ANSWER, number, carrier.owners.answer(answer.body()));
            Weft.shield(() -> channel().send(reply)); // if this is cancelled, that is the reply
            answer = channel().receive();
        }
        if (answer.task() != number || answer.kind().compareTo(Frame.Kind.RESULT) < 0) {
            throw new IOException("it sent garbage: " + answer.kind() + " of task " + answer.task());
        }
        return answer;
    }

    /** Cancels the current task. Returns the worker's answer, or empty if it did not answer and was killed. */
    private Optional<Frame> cancel(long number) {
        Frame[] answer = new Frame[1];
        try {
            if (channel().isBetweenFrames()) {
                Weft.moveOnAfter(carrier.settings.grace, () -> {
                    process.stdin().write(ByteBuffer.allocate(Long.BYTES).putLong(0, number));
                    answer[0] = answer(number);
                });
            }
        } catch (IOException e) {
            // it is dead, or will be
        }
        if (answer[0] == null) {
            kill();
        }
        return Optional.ofNullable(answer[0]);
    }

    /** Returns why there was no answer, once the worker has ended. One that has not ended by itself is killed. */
    private WorkerDied died(@Nullable IOException cause) {
        if (!Weft.moveOnAfter(LAST_WORDS, process::waitFor)) {
            kill();
        }
        int status = process.waitFor();
        Weft.joinAll(readers, LAST_WORDS);
        return new WorkerDied(process.pid(), status, errors.lastLines(), cause instanceof EOFException ? null : cause);
    }

    /** Ends it at once. Any thread; never waits. */
    void kill() {
        killed = true;
        process.handle().destroyForcibly();
    }

    /** Asks it to end. Never waits; to be followed by {@link #close}. */
    void beginEnd() {
        process.handle().destroy();
    }

    /** Ends it, within the grace in good order, and waits for that, even if the caller is cancelled. */
    void close() {
        if (channel == null) {
            kill(); // it has nothing to put in order
        }
        process.stop(killed ? Duration.ZERO : carrier.settings.grace);
        if (stream != null) {
            stream.close();
        }
    }

    @Override
    public String toString() {
        return "worker " + process.pid();
    }
}
