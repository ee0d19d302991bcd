package dev.weft.flow;

import dev.weft.Loop;
import dev.weft.Scope;
import dev.weft.Weft;
import dev.weft.io.UnixStream;
import dev.weft.serial.Serializer;
import dev.weft.serial.Substitution;
import dev.weft.spi.Sneaky;
import dev.weft.sync.Channel;
import dev.weft.sync.ChannelFailed;
import dev.weft.workers.Task;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a copy of a component in a worker process. The result is the number of the failure that the component has got from the
 * other side and let pass; -1 if it has ended. Other failures are thrown.
 */
final class Assignment implements Task<Integer> {
    private static final long serialVersionUID = 1L;

    private final byte[] component;
    private final String name;
    private final ArrayList<String> packages;
    private final String socket;

    Assignment(byte[] component, String name, List<String> packages, String socket) {
        this.component = component;
        this.name = name;
        this.packages = new ArrayList<>(packages);
        this.socket = socket;
    }

    /** Returns the serializer for components and values whose classes are in {@code packages}. */
    static Serializer serializer(List<String> packages) {
        Serializer.Builder builder = Serializer.builder().allowPackage(Assignment.class.getPackageName());
        packages.forEach(builder::allowPackage);
        return builder.build().with(new Boxes());
    }

    /** What travels in place of a box: enough to declare it again. */
    @SuppressWarnings("serial") // the owner is the component that travels
    private record Declaration(Component owner, String name, String purpose, boolean incoming) implements Serializable {
        Box<?> box() {
            List<? extends Box<?>> known = incoming ? owner.inboxes : owner.outboxes;
            for (Box<?> box : known) {
                if (box.name().equals(name)) {
                    return box;
                }
            }
            return incoming ? owner.inbox(name, purpose) : owner.outbox(name, purpose);
        }
    }

    /** Lets boxes travel as their declarations. */
    private static final class Boxes implements Substitution {
        @Override
        public Object outgoing(Object object) {
            return object instanceof Box<?> box
                    ? new Declaration(box.owner, box.name(), box.purpose(), box instanceof Inbox)
                    : object;
        }

        @Override
        public Object incoming(Object object) {
            return object instanceof Declaration declaration ? declaration.box() : object;
        }
    }

    @Override
    public Integer call() throws IOException {
        Serializer serializer = serializer(packages);
        if (!(serializer.read(component) instanceof Component copy)) {
            throw new IllegalStateException("the worker was given no component");
        }
        copy.rename(name);
        try (UnixStream stream = UnixStream.connect(Path.of(socket))) {
            Bridge bridge = new Bridge(stream, serializer, copy);
            run(copy, bridge);
            Throwable failure = copy.failure();
            int number = failure == null ? -1 : bridge.received(failure);
            if (failure != null && number < 0) {
                throw Sneaky.rethrow(failure);
            }
            return number;
        }
    }

    /** Runs the copy until it has ended, and all that it sent is on its way. */
    private static void run(Component copy, Bridge bridge) {
        copy.inboxes.forEach(Inbox::keepOpen);
        for (int i = 0; i < copy.outboxes.size(); i++) {
            bridge.source(copy.inboxes.size() + i, opened(copy.outboxes.get(i)));
        }
        copy.wire(Loop.current());
        Weft.scope(outer -> {
            for (int i = 0; i < copy.inboxes.size(); i++) {
                Inbox<?> inbox = copy.inboxes.get(i);
                int box = i;
                outer.spawn(() -> feed(bridge, box, inbox));
            }
            outer.spawn(bridge::receive);
            Weft.scope(inner -> {
                for (int i = 0; i < copy.outboxes.size(); i++) {
                    int box = copy.inboxes.size() + i;
                    inner.spawn(() -> bridge.drain(box));
                }
                inner.spawn(copy.name(), () -> live(copy, inner));
            });
            outer.cancel("the component has ended");
        });
    }

    private static void live(Component copy, Scope scope) throws Exception {
        try {
            copy.live(Carrier.greenlet());
        } catch (Exception | Error e) {
            if (scope.isCancelled()) {
                throw e;
            }
        }
    }

    private static <T> Channel<T> opened(Outbox<T> outbox) {
        Channel<T> channel = Channel.buffered(Bridge.WINDOW);
        outbox.attach(channel);
        return channel;
    }

    /** The values were received by the other half of this box, whose type is the same. */
    @SuppressWarnings("unchecked")
    private static void feed(Bridge bridge, int box, Inbox<?> inbox) {
        Channel<Object> channel = (Channel<Object>) inbox.channel();
        try {
            bridge.feed(box, channel::send);
            channel.close();
        } catch (ChannelFailed e) {
            channel.fail(Component.origin(e));
        }
    }
}
