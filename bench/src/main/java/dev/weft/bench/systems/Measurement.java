package dev.weft.bench.systems;

import dev.weft.bench.targets.Target;
import java.util.List;

/** Measures one thing that is built on greenlets, beside its rivals, in rounds in which they take turns. */
public interface Measurement {
    /** All there are, in the order in which they run. */
    static List<Measurement> all() {
        return List.of(
                new OwnerAsk(),
                new OwnerTell(),
                new OwnerMemory(),
                new SupervisorRestarts(),
                new TransactionCost(),
                new WorkerRoundTrip(),
                new WorkerSpeedUp(),
                new WorkerColdStart(),
                new ClusterMessages());
    }

    /** Returns the name by which it is chosen, such as {@code owner-ask}. */
    String name();

    /** Measures {@code rounds} rounds. */
    List<Target> measure(int rounds) throws Exception;
}
