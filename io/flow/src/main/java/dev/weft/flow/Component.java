package dev.weft.flow;

import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Scope;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Sneaky;
import dev.weft.sync.Channel;
import dev.weft.sync.ChannelFactory;
import dev.weft.sync.ChannelFailed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A part of a graph: it reads from its inboxes, sends to its outboxes, and does not know who is linked to them. Its code blocks
 * and is the same on a greenlet, a thread or a process ({@link Carrier}).
 *
 * <pre>{@code
 * final class Upper extends Component {
 *     final Inbox<String> lines = inbox("lines", "text in any case");
 *     final Outbox<String> capitals = outbox("capitals", "the same text in capitals");
 *
 *     protected void main() {
 *         for (String line : lines) capitals.send(line.toUpperCase(Locale.ROOT));
 *     }
 * }
 * }</pre>
 *
 * <p>A component that waits for one of several events selects: the arrival of a value ({@link Inbox#receivingOrEnd}), the
 * collection of a value that makes room for another ({@link Outbox#sending}), the end of a component it has {@linkplain
 * #start started}.
 *
 * <p>It may contain others: {@link #add} and {@link #link} in its constructor build a graph that starts and ends with it; {@link
 * #start} adds components while it runs. A link from its own box to a box inside passes values through at no cost. It ends
 * once {@link #main} has returned and all that it contains has ended, and then fails with the first failure inside.
 *
 * <p>Graphs are built by one thread, and run once. The contract is that of Kamaelia's {@code Axon.Component}; see the package
 * for the end and failure of components.
 */
public abstract class Component {
    static {
        Suspension.spawnsForOthers(Component.class, Carrier.class);
    }

    /** How far a component has come. */
    public enum State {
        /** It has not been started. */
        NEW,
        /** It runs, or waits. */
        RUNNING,
        /** It has returned, as has everything inside it. */
        ENDED,
        /** It has thrown, or something inside it has. */
        FAILED,
        /** It was killed. */
        CANCELLED
    }

    /** A component inside another. */
    record Child(Component component, Carrier carrier) {}

    final List<Inbox<?>> inboxes = new CopyOnWriteArrayList<>(); // as those below, also read by observers
    final List<Outbox<?>> outboxes = new CopyOnWriteArrayList<>();
    final List<Child> children = new CopyOnWriteArrayList<>();

    private String name;
    private final List<Throwable> failures = new ArrayList<>(); // of children; each once, wherever it has travelled to
    private volatile State state = State.NEW;
    private volatile @Nullable Throwable failure;
    private @Nullable Loop home;
    private @Nullable Scope scope;

    /** Creates a component with the simple name of its class. */
    protected Component() {
        name = getClass().getSimpleName();
    }

    /** Creates a component with a name, under which it appears in diagrams and thread dumps. */
    protected Component(String name) {
        this.name = Objects.requireNonNull(name, "name");
    }

    /**
     * The work: called once, when everything is linked; may block, and throw. Boxes end when it returns, and fail when it throws.
     * An interrupt, on a thread, or {@link Cancelled} ask it to stop.
     */
    protected abstract void main() throws Exception;

    /** Declares an inbox; see {@link Box} for the arguments. In the constructor. */
    protected <T> Inbox<T> inbox(String name, String purpose) {
        return declare(new Inbox<>(this, name, purpose), inboxes);
    }

    /** Declares an outbox. In the constructor. */
    protected <T> Outbox<T> outbox(String name, String purpose) {
        return declare(new Outbox<>(this, name, purpose), outboxes);
    }

    private <B extends Box<?>> B declare(B box, List<? super B> boxes) {
        requireNew();
        boolean taken = inboxes.stream().anyMatch(other -> other.name().equals(box.name()))
                || outboxes.stream().anyMatch(other -> other.name().equals(box.name()));
        if (taken) {
            throw new IllegalArgumentException(this.name + " has a box called " + box.name() + " already");
        }
        boxes.add(box);
        return box;
    }

    /** Adds a component that runs on a greenlet, from the start of this one; returns it. */
    protected <C extends Component> C add(C child) {
        return add(child, Carrier.greenlet());
    }

    /** Adds a component that runs on {@code carrier}, from the start of this one; returns it. */
    protected <C extends Component> C add(C child, Carrier carrier) {
        requireNew();
        child.requireNew();
        children.add(new Child(child, carrier));
        return child;
    }

    /**
     * Links an outbox to an inbox: what is sent there arrives here. Before either component runs, in any order; several outboxes
     * may be linked to an inbox, not the other way round.
     *
     * @throws IllegalStateException if {@code from} is linked already, or its component runs
     */
    protected <T> void link(Outbox<? extends T> from, Inbox<? super T> to) {
        from.owner.requireNew();
        join(from, to);
    }

    /**
     * Passes what arrives in an inbox of this component through to one inside. While this component runs, it lends its box to
     * the component it is about to {@link #start}: the box stays open when that has ended, and what has not been received
     * remains in it.
     */
    protected <T> void link(Inbox<T> own, Inbox<T> inner) {
        requireOwn(own);
        if (state == State.NEW) {
            own.link(inner);
        } else {
            inner.borrow(own);
        }
    }

    /**
     * Passes what is sent to an outbox inside through to an outbox of this component. While this component runs, it lends its
     * box, as for {@link #link(Inbox, Inbox)}.
     */
    protected <T> void link(Outbox<T> inner, Outbox<T> own) {
        requireOwn(own);
        inner.owner.requireNew();
        if (state == State.NEW) {
            inner.link(own);
        } else {
            inner.borrow(own);
        }
    }

    static <T> void join(Outbox<? extends T> from, Inbox<? super T> to) {
        from.link(widened(to));
    }

    @SuppressWarnings("unchecked") // an inbox of a supertype takes the values
    private static <S, T extends S> Inbox<T> widened(Inbox<S> to) {
        return (Inbox<T>) to;
    }

    private void requireOwn(Box<?> box) {
        if (box.owner != this) {
            throw new IllegalArgumentException(
                    box + " is not a box of " + name + "; a component passes values through its own boxes");
        }
    }

    /**
     * Starts a component inside this one, on a greenlet. For {@link #main}, on a greenlet. The result tells of its end, to a
     * join or a select; so a failure is for whoever joins it, else it goes to the loop's uncaught handler. When this component
     * fails or is killed, so is the other; when it returns, it waits for it.
     *
     * @throws IllegalStateException if this component is not running on a greenlet, or {@code child} has been started before
     */
    protected final Greenlet<@Nullable Void> start(Component child) {
        Scope inside = scope;
        if (inside == null || !Suspension.isOnLoop()) {
            throw new IllegalStateException(name + " can start " + child.name()
                    + " only in its main method, and on a greenlet; or add it in the constructor");
        }
        child.wire(Loop.current());
        children.add(new Child(child, Carrier.greenlet()));
        return inside.spawn(child.name, () -> child.live(Carrier.greenlet()));
    }

    /**
     * Runs this component, with all that it contains, in the calling greenlet until it has ended. Outboxes that are not linked
     * drop what is sent; inboxes have ended.
     *
     * <p>A failure is thrown as it is, checked or not, with those that have other causes suppressed in it.
     *
     * @throws IllegalStateException outside any loop, or if it has been started before
     */
    public final void run() {
        wire(Loop.current());
        try {
            live(Carrier.greenlet());
        } catch (Exception e) {
            throw Sneaky.rethrow(e);
        }
    }

    /** Starts this component, with all that it contains, in a new greenlet on the caller's loop; as {@link #run} otherwise. */
    public final Greenlet<@Nullable Void> activate() {
        wire(Loop.current());
        Greenlet<@Nullable Void> running = Weft.spawn(name, () -> live(Carrier.greenlet()));
        running.onEnd(ended -> leave());
        return running;
    }

    /** Returns its name. */
    public final String name() {
        return name;
    }

    /** Returns how far it has come. Any thread. */
    public final State state() {
        return state;
    }

    /** Returns its inboxes, in the order of their declarations. */
    public final List<Inbox<?>> inboxes() {
        return Collections.unmodifiableList(inboxes);
    }

    /** Returns its outboxes, in the order of their declarations. */
    public final List<Outbox<?>> outboxes() {
        return Collections.unmodifiableList(outboxes);
    }

    /** Returns the class whose code it runs. */
    Class<?> code() {
        return getClass();
    }

    /** Gives a copy the name of the original. */
    final void rename(String original) {
        name = original;
    }

    final void requireNew() {
        if (state != State.NEW) {
            throw new IllegalStateException(name + " has been started; create a new one");
        }
    }

    /** Opens the boxes of this component and of all inside it; nothing runs yet. */
    final void wire(Loop loop) {
        settle(loop);
        forEach(component -> component.inboxes.forEach(Inbox::open));
        forEach(component -> component.outboxes.forEach(Outbox::open));
        forEach(Component::wired);
    }

    private void settle(Loop loop) {
        requireNew();
        state = State.RUNNING;
        home = loop;
        children.forEach(child -> child.component.settle(child.carrier.home(loop)));
    }

    private void forEach(Consumer<Component> action) {
        action.accept(this);
        children.forEach(child -> child.component.forEach(action));
    }

    /** Called when its boxes are open, before anything in the graph runs. */
    void wired() {}

    final ChannelFactory channels() {
        return Channel.on(home == null ? Loop.current() : home);
    }

    /** Runs on {@code carrier} until the end, in a greenlet of the component around it, and closes the boxes. */
    final void live(Carrier carrier) throws Exception {
        try {
            carrier.carry(this);
        } catch (Throwable t) {
            Throwable origin = origin(t);
            if (!(origin instanceof NoReader)) {
                end(t instanceof Cancelled || isCancelled() ? State.CANCELLED : State.FAILED, origin);
                throw Sneaky.rethrow(origin);
            }
        }
        end(State.ENDED, null);
    }

    /** Returns whether the calling greenlet has been cancelled; what it threw may be of any type. */
    private static boolean isCancelled() {
        try {
            Weft.checkCancelled();
            return false;
        } catch (Cancelled e) {
            return true;
        }
    }

    /** Returns the failure that has travelled here as {@code thrown}. */
    static Throwable origin(Throwable thrown) {
        Throwable cause = thrown instanceof ChannelFailed ? thrown.getCause() : null;
        return cause == null ? thrown : cause;
    }

    private void end(State last, @Nullable Throwable thrown) {
        failure = thrown;
        state = last; // from now on, boxes that are attached are closed by whoever attaches them
        inboxes.forEach(box -> box.close(thrown));
        outboxes.forEach(box -> box.close(thrown));
    }

    final boolean hasEnded() {
        return state != State.NEW && state != State.RUNNING;
    }

    final @Nullable Throwable failure() {
        return failure;
    }

    /** Closes the boxes of what was killed before it had begun, now that nothing in here runs any more. */
    private void leave() {
        if (!hasEnded()) {
            children.forEach(child -> child.component.leave());
            end(State.CANCELLED, new Cancelled(name + " was killed before it had begun", null));
        }
    }

    /** Runs it and what it contains, in a greenlet. */
    final void runInScope() throws Exception {
        try {
            Weft.scope(Scope.Policy.SUPERVISE, inside -> {
                scope = inside;
                children.forEach(child -> inside.spawn(child.component.name, () -> observe(child)));
                main();
            });
        } finally {
            children.forEach(child -> child.component.leave());
        }
        if (!failures.isEmpty()) {
            Throwable first = failures.get(0);
            failures.stream().skip(1).forEach(first::addSuppressed);
            throw Sneaky.rethrow(first);
        }
    }

    private void observe(Child child) {
        try {
            child.component.live(child.carrier);
        } catch (Throwable t) {
            if (isCancelled()) {
                throw Sneaky.rethrow(t);
            }
            if (failures.stream().noneMatch(known -> known == t)) {
                failures.add(t);
            }
        }
    }

    @Override
    public final String toString() {
        return name + " (" + state + ")";
    }
}
