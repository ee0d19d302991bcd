package dev.weft.flow;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.sync.ChannelFailed;
import dev.weft.sync.Select;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs one stage at a time, made from arguments that arrive in {@link #next}, and replaces it when other arguments arrive
 * (Kamaelia's chassis of this name). So a stage that does its work once, such as a reader of a file, can be used again.
 *
 * <pre>{@code
 * Carousel<Path, Void, String> reader = new Carousel<>(Lines::new);
 * graph.link(fileNames.outbox, reader.next);
 * graph.link(reader.outbox, printer.inbox);
 * }</pre>
 *
 * <p>The stage inside has the carousel's inbox and outbox; values that it has not received are for the one after it. Arguments
 * that arrive while it runs kill it; the next one starts when it has ended. Whenever there is no stage, at the start too, the
 * carousel sends the number of those that have ended to {@link #requests}; whoever makes the arguments may wait for that.
 *
 * <p>It ends when {@code next} has ended and the last stage, too; it fails when a stage does.
 *
 * @param <A> the arguments
 * @param <I> the values that the stages receive
 * @param <O> the values that they send
 */
public final class Carousel<A, I, O> extends Stage<I, O> {
    /** Where the arguments arrive, of which each makes a stage. */
    public final Inbox<A> next = inbox("next", "arguments for the next stage");

    /** Where the carousel asks for arguments. */
    public final Outbox<Integer> requests =
            outbox("requests", "the number of stages that have ended, when there is none");

    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    private final Function<? super A, ? extends Stage<I, O>> factory;
    private int ended;

    /** Creates a carousel of stages that {@code factory} makes. */
    public Carousel(Function<? super A, ? extends Stage<I, O>> factory) {
        this.factory = Objects.requireNonNull(factory, "factory");
    }

    @Override
    protected void main() {
        Optional<A> arguments = ask();
        while (arguments.isPresent()) {
            Greenlet<@Nullable Void> stage = startWith(arguments.get());
            arguments = Weft.select(
                    Select.on(next.receivingOrEnd(), following -> follow(stage, following)), Select.on(stage, () -> {
                        ended++;
                        return ask();
                    }));
        }
    }

    private Optional<A> ask() {
        try {
            requests.send(ended);
        } catch (ChannelFailed e) {
            if (!(e.getCause() instanceof NoReader)) {
                throw e;
            }
            // Whoever made arguments on request has ended; those it has sent still count.
        }
        return next.receiveOrEnd();
    }

    private Greenlet<@Nullable Void> startWith(A arguments) {
        Stage<I, O> stage = factory.apply(arguments);
        link(inbox, stage.inbox);
        link(stage.outbox, outbox);
        return start(stage);
    }

    /** Waits for the end of {@code stage}, which is killed if arguments follow. */
    private Optional<A> follow(Greenlet<@Nullable Void> stage, Optional<A> following) {
        if (following.isPresent()) {
            stage.kill("replaced by " + name());
            stage.killAndJoin(FOREVER);
        }
        if (following.isEmpty() || stage.state() != Greenlet.State.CANCELLED) {
            stage.join(); // throws its failure
        }
        ended++;
        return following;
    }
}
