package dev.weft.flow;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.io.UnixListener;
import dev.weft.io.UnixStream;
import dev.weft.serial.Serializer;
import dev.weft.spi.Sneaky;
import dev.weft.sync.ChannelFailed;
import dev.weft.sync.Select;
import dev.weft.workers.Workers;
import dev.weft.workers.internal.SocketDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Runs a copy of a component in a worker process of its own, and continues its boxes over a socket. */
final class OnProcess extends Carrier {
    private final List<String> packages;

    OnProcess(List<String> packages) {
        this.packages = packages;
    }

    @Override
    void carry(Component component) throws Exception {
        requireNoChildren(component, "a process");
        List<String> allowed = new ArrayList<>(packages);
        allowed.add(component.code().getPackageName());
        Serializer serializer = Assignment.serializer(allowed);
        byte[] copy = serializer.write(component);
        try (Workers workers = Workers.builder(1)
                .name(component.name())
                .allowPackage(OnProcess.class.getPackageName())
                .onGreenlets()
                .processes()) {
            try {
                Connection connection = connect(
                        component,
                        socket -> workers.submit(new Assignment(copy, component.name(), allowed, socket.toString())));
                follow(component, connection, serializer);
            } catch (Throwable t) {
                workers.terminate();
                throw t;
            }
        }
    }

    /** The worker at work, and the connection on which its boxes go on. */
    private record Connection(Greenlet<Integer> task, UnixStream stream) {}

    /** Assigns the component to a worker, and waits until it has connected. The socket has a name only until then. */
    private static Connection connect(Component component, Function<Path, Greenlet<Integer>> worker)
            throws IOException {
        Path directory = Weft.shield(() -> Weft.offload(SocketDirectory::create)); // or a kill would leave it
        Path socket = SocketDirectory.socket(directory);
        try (UnixListener listener = UnixListener.bind(socket)) {
            Greenlet<Integer> task = worker.apply(socket);
            UnixStream stream = Weft.select(
                    Select.on(listener.accepting(), accepted -> accepted), Select.on(task, end -> refuse(component)));
            return new Connection(task, stream);
        } finally {
            Weft.shield(() -> Weft.offload(() -> SocketDirectory.remove(directory)));
        }
    }

    private static void follow(Component component, Connection connection, Serializer serializer) throws IOException {
        try (UnixStream stream = connection.stream()) {
            Bridge bridge = new Bridge(stream, serializer, component);
            bridge(component, bridge);
            int failure = connection.task().join();
            if (failure >= 0) {
                throw Sneaky.rethrow(bridge.sent(failure));
            }
        }
    }

    private static UnixStream refuse(Component component) {
        throw new IllegalStateException("the worker of " + component.name() + " ended before it had begun");
    }

    /** Continues the boxes until the worker has ended, and all that it sent has been passed on. */
    private static void bridge(Component component, Bridge bridge) {
        int inboxes = component.inboxes.size();
        Weft.scope(outer -> {
            for (int i = 0; i < inboxes; i++) {
                int box = i;
                bridge.source(box, component.inboxes.get(box).channel());
                outer.spawn(() -> bridge.drain(box));
            }
            Weft.scope(inner -> {
                for (int i = 0; i < component.outboxes.size(); i++) {
                    Outbox<?> outbox = component.outboxes.get(i);
                    int box = inboxes + i;
                    inner.spawn(() -> feed(bridge, box, outbox));
                }
                bridge.receive();
            });
            outer.cancel("the worker has ended");
        });
    }

    /** The values were sent by the other half of this box, whose type is the same. */
    @SuppressWarnings("unchecked")
    private static void feed(Bridge bridge, int box, Outbox<?> outbox) {
        try {
            bridge.feed(box, ((Outbox<Object>) outbox)::send);
        } catch (ChannelFailed e) {
            // the task has failed too, and tells with what
        }
    }

    @Override
    public String toString() {
        return "process";
    }
}
