package dev.weft.bench.cost;

import dev.weft.bench.cost.SpeedGuard.Work;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What {@link SpeedGuardTest} guards: a cost of Weft, by a cost of bare virtual threads or continuations, in which none of our
 * code takes part. The work is that of the benchmarks.
 */
enum GuardedCost {
    YIELD(Works.yielding(Carrier.GREENLET), Works.yielding(Carrier.BARE)),
    WAIT_AND_WAKE(Works.waiting(Carrier.GREENLET), Works.waiting(Carrier.BARE)),
    SPAWN_AND_JOIN(Works.spawning(Carrier.GREENLET), Works.spawning(Carrier.BARE)),
    SPAWN_A_THOUSAND(Works.spawningMany(Carrier.GREENLET), Works.spawningMany(Carrier.BARE)),
    RENDEZVOUS_BY_SWITCH(Works.rendezvous(), Works.yielding(Carrier.BARE)),
    BUFFERED_BY_SWITCH(Works.buffered(), Works.yielding(Carrier.BARE)),
    TIMED_WAIT_BY_WAIT(Works.waitingWithLimit(), Works.waiting(Carrier.BARE)),
    SELECT_BY_SWITCH(Works.selecting(), Works.yielding(Carrier.BARE)),
    GENERATOR_STEP(Works.stepping(GeneratorSource.GENERATOR), Works.stepping(GeneratorSource.BARE));

    @SuppressWarnings("ImmutableEnumChecker") // makes a new one each time
    private final Supplier<Works> guarded;

    @SuppressWarnings("ImmutableEnumChecker") // makes a new one each time
    private final Supplier<Works> baseline;

    GuardedCost(Supplier<Works> guarded, Supplier<Works> baseline) {
        this.guarded = guarded;
        this.baseline = baseline;
    }

    /** The ratio that {@code guard} sees. */
    double ratio(SpeedGuard guard, double enough) {
        try (Works subject = guarded.get();
                Works rival = baseline.get()) {
            return guard.ratio(subject, rival, enough);
        }
    }

    /** A benchmark's method that is called here as JMH does in its forks. */
    abstract static class Works implements Work, AutoCloseable {
        private final int operations;

        Works(int operations) {
            this.operations = operations;
        }

        abstract void once();

        @Override
        public double run() {
            return SpeedGuard.cpuNanos(this::once) / (double) operations;
        }

        @Override
        public void close() {}

        static Supplier<Works> yielding(Carrier carrier) {
            return () -> new OnCarrier(carrier, 200_000, new ContextSwitch()::yieldAndComeBack, 1);
        }

        static Supplier<Works> waiting(Carrier carrier) {
            return () -> new OnCarrier(carrier, 200_000, new ContextSwitch()::waitForTheOneBefore, 1);
        }

        static Supplier<Works> spawning(Carrier carrier) {
            return () -> new OnCarrier(carrier, 20_000, new SpawnAndJoin()::oneByOne, 20);
        }

        static Supplier<Works> spawningMany(Carrier carrier) {
            return () -> new OnCarrier(carrier, 20_000, new SpawnAndJoin()::thousandAtATime, 20);
        }

        static Supplier<Works> rendezvous() {
            return () -> new OnCarrier(Carrier.GREENLET, 20_000, new ChannelHandOff()::rendezvous, 2);
        }

        static Supplier<Works> buffered() {
            return () -> new OnCarrier(Carrier.GREENLET, 100_000, new ChannelHandOff()::buffered, 10);
        }

        static Supplier<Works> waitingWithLimit() {
            return () -> new OnCarrier(Carrier.GREENLET, 40_000, new TimerSetAndCancel()::waitWithLimit, 20);
        }

        static Supplier<Works> selecting() {
            return Selecting::new;
        }

        static Supplier<Works> stepping(GeneratorSource source) {
            return () -> new Stepping(source);
        }
    }

    /** With a carrier. */
    private static final class OnCarrier extends Works {
        private final CarrierState state = new CarrierState();
        private final Consumer<CarrierState> method;
        private final int times;

        OnCarrier(Carrier carrier, int operations, Consumer<CarrierState> method, int times) {
            super(operations);
            this.method = method;
            this.times = times;
            state.carrier = carrier;
            state.open();
        }

        @Override
        void once() {
            for (int i = 0; i < times; i++) {
                method.accept(state);
            }
        }

        @Override
        public void close() {
            state.close();
        }
    }

    private static final class Selecting extends Works {
        private static final int TIMES = 10;
        private final SelectCost.Channels channels = new SelectCost.Channels();

        Selecting() {
            super(TIMES * 1_000);
            channels.clauses = 8;
            channels.make();
        }

        @Override
        void once() {
            for (int i = 0; i < TIMES; i++) {
                new SelectCost().waitForOne(channels);
            }
        }

        @Override
        public void close() {
            channels.close();
        }
    }

    private static final class Stepping extends Works {
        private static final int TIMES = 10;
        private final GeneratorStep step = new GeneratorStep();

        Stepping(GeneratorSource source) {
            super(TIMES * 10_000);
            step.source = source;
        }

        @Override
        void once() {
            for (int i = 0; i < TIMES; i++) {
                step.onAPlatformThread();
            }
        }

        @Override
        public void close() {
            step.close();
        }
    }
}
