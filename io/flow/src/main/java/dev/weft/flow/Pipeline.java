package dev.weft.flow;

import java.util.ArrayList;
import java.util.List;

/**
 * Stages in a row, the outbox of each linked to the inbox of the next; itself a stage, whose boxes are the first one's inbox and
 * the last one's outbox (Kamaelia's chassis of this name).
 *
 * <pre>{@code
 * Pipeline.from(new Lines(file)).to(new Parser(), Carrier.thread()).to(new Printer()).build().run();
 * }</pre>
 *
 * @param <I> the values that arrive at the first stage
 * @param <O> the values that leave the last
 */
public final class Pipeline<I, O> extends Stage<I, O> {
    private Pipeline(List<Step<?, ?>> steps) {
        super("Pipeline");
        steps.forEach(step -> add(step.stage, step.carrier));
        for (int i = 1; i < steps.size(); i++) {
            link(Pipeline.<Object, Object>typed(steps.get(i - 1).stage).outbox, typed(steps.get(i).stage).inbox);
        }
        link(inbox, Pipeline.<I, Object>typed(steps.get(0).stage).inbox);
        link(Pipeline.<Object, O>typed(steps.get(steps.size() - 1).stage).outbox, outbox);
    }

    /** The types of neighbours were checked when the builder got them. */
    @SuppressWarnings("unchecked")
    private static <A, B> Stage<A, B> typed(Stage<?, ?> stage) {
        return (Stage<A, B>) stage;
    }

    private record Step<I, O>(Stage<I, O> stage, Carrier carrier) {}

    /** Begins a pipeline with a stage on a greenlet. */
    public static <I, O> Builder<I, O> from(Stage<I, O> first) {
        return from(first, Carrier.greenlet());
    }

    /** Begins a pipeline with a stage on {@code carrier}. */
    public static <I, O> Builder<I, O> from(Stage<I, O> first, Carrier carrier) {
        return new Builder<>(List.of(new Step<>(first, carrier)));
    }

    @Override
    protected void main() {}

    /** A pipeline to be. Immutable. */
    public static final class Builder<I, O> {
        private final List<Step<?, ?>> steps;

        private Builder(List<Step<?, ?>> steps) {
            this.steps = steps;
        }

        /** Adds a stage on a greenlet. */
        public <P> Builder<I, P> to(Stage<? super O, P> next) {
            return to(next, Carrier.greenlet());
        }

        /** Adds a stage on {@code carrier}. */
        public <P> Builder<I, P> to(Stage<? super O, P> next, Carrier carrier) {
            List<Step<?, ?>> longer = new ArrayList<>(steps);
            longer.add(new Step<>(next, carrier));
            return new Builder<>(longer);
        }

        /** Links the stages. */
        public Pipeline<I, O> build() {
            return new Pipeline<>(steps);
        }
    }
}
