package dev.weft.flow;

import java.io.Serializable;
import java.util.Objects;

/**
 * A component with the two boxes of a {@link Pipeline}, {@link #inbox} and {@link #outbox}; it may have others. A source leaves
 * its inbox alone, and a sink its outbox.
 *
 * @param <I> the values that arrive
 * @param <O> the values that leave
 */
public abstract class Stage<I, O> extends Component {
    /** Where values arrive; as standard input. */
    @SuppressWarnings("this-escape") // the box only keeps it
    public final Inbox<I> inbox = inbox("inbox", "the values to work on");

    /** Where results leave; as standard output. */
    @SuppressWarnings("this-escape") // as above
    public final Outbox<O> outbox = outbox("outbox", "the results");

    /** Creates a stage with the simple name of its class. */
    protected Stage() {}

    /** Creates a stage with a name. */
    protected Stage(String name) {
        super(name);
    }

    /** The work of a stage, as a function. In a process it runs as a copy, with copies of what it captures. */
    @FunctionalInterface
    public interface Body<I, O> extends Serializable {
        /** As {@link Component#main}. */
        void run(Inbox<I> inbox, Outbox<O> outbox) throws Exception;
    }

    /**
     * Creates a stage from a function.
     *
     * <pre>{@code
     * Stage.of("upper", (Inbox<String> lines, Outbox<String> capitals) -> {
     *     for (String line : lines) capitals.send(line.toUpperCase(Locale.ROOT));
     * });
     * }</pre>
     */
    public static <I, O> Stage<I, O> of(String name, Body<I, O> body) {
        return new OfBody<>(name, Objects.requireNonNull(body, "body"));
    }

    private static final class OfBody<I, O> extends Stage<I, O> implements Serializable {
        private static final long serialVersionUID = 1L;

        private final Body<I, O> body;

        OfBody(String name, Body<I, O> body) {
            super(name);
            this.body = body;
        }

        @Override
        Class<?> code() {
            return body.getClass();
        }

        @Override
        protected void main() throws Exception {
            body.run(inbox, outbox);
        }
    }
}
