package dev.weft.workers;

import dev.weft.serial.Serializer;
import dev.weft.workers.internal.SocketDirectory;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;

/** A program that is a worker and its pool at once, and runs some tasks. A JVM records what it loads, for a {@link StartupCache}. */
final class Rehearsal {
    private static final int ROUNDS = 20;

    private Rehearsal() {}

    /** Runs until the tasks have been run, or the standard input ends. */
    public static void main(String[] arguments) throws IOException {
        Path directory = SocketDirectory.create();
        Path socket = SocketDirectory.socket(directory);
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(socket));
            Thread.ofPlatform().daemon().start(() -> WorkerMain.main(new String[] {socket.toString()}));
            SocketChannel channel = listener.accept(); // open to the end, as the worker would halt this JVM
            SocketDirectory.remove(directory);
            perform(new FrameChannel(channel, Serializer.MAX_BYTES));
        }
        System.exit(0);
    }

    private static void perform(FrameChannel worker) throws IOException {
        WorkerSetup setup = new WorkerSetup(false, List.of(), List.of(Rehearsal.class.getPackageName()), new byte[0]);
        Serializer serializer = setup.serializer();
        worker.send(new Frame(Frame.Kind.SETUP, 0, setup.encode()));
        for (int i = 1; i <= ROUNDS; i++) {
            int number = i;
            Task<Object> good = () -> List.of(number, "text");
            Task<Object> bad = () -> {
                throw new IllegalStateException("a failure", new IOException("its cause"));
            };
            worker.send(new Frame(Frame.Kind.TASK, i, serializer.write(i % 4 == 0 ? bad : good)));
            Frame answer = worker.receive();
            if (answer.kind() == Frame.Kind.RESULT) {
                serializer.read(answer.body());
            } else {
                serializer.readFailure(answer.body());
            }
        }
    }
}
