package dev.weft.tasks;

import dev.weft.actor.Owner;
import dev.weft.actor.OwnerEnded;
import dev.weft.shared.SharedOwner;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** The outputs of tasks that run in processes, by number: an owner, which the tasks reach from there. */
final class TaskOutputs {
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final Owner<Map<Long, TaskOutput>> owner =
            Owner.builder("task output").unbounded().start(HashMap::new);
    private final SharedOwner<Map<Long, TaskOutput>> shared = SharedOwner.of(owner);
    private final AtomicLong numbers = new AtomicLong();

    /** Returns what a task in a process writes to instead of {@code output}. Any thread; never waits. */
    RemoteOutput remote(LocalOutput output) {
        long number = numbers.incrementAndGet();
        owner.tell(outputs -> outputs.put(number, output));
        return new RemoteOutput(shared, number);
    }

    /** The task has ended. Any thread; never waits. */
    void forget(LocalOutput output) {
        try {
            owner.tryTell(outputs -> outputs.values().remove(output));
        } catch (OwnerEnded e) {
            // And with it all outputs.
        }
    }

    /** Returns how many tasks in processes have not ended. */
    int size() {
        return owner.ask(Map::size);
    }

    /** To be called after the last task has ended. */
    void close() {
        owner.stop(GRACE);
    }
}
