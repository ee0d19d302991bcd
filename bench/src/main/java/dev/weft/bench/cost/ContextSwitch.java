package dev.weft.bench.cost;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * The cost of a context switch among 1,000 tasks, in two forms: all tasks yield; or the tasks form a ring in which each waits
 * at its gate and then opens the gate of the next one. The 1,000 platform threads are scheduled by the system on all cores.
 */
public class ContextSwitch extends CostBenchmark {
    private static final int TASKS = 1_000;
    private static final int ROUNDS = 200; // so that starting the tasks is about a hundredth of the time

    /** One yield, until the task runs again; the other 999 do the same. */
    @Benchmark
    @OperationsPerInvocation(TASKS * ROUNDS)
    public void yieldAndComeBack(CarrierState state) {
        inAllTasks(state.tasks(), index -> {
            Tasks<?> tasks = state.tasks();
            for (int round = 0; round < ROUNDS; round++) {
                tasks.yieldNow();
            }
        });
    }

    /** One wait, ended by the preceding task in the ring: wake up, run, wait. */
    @Benchmark
    @OperationsPerInvocation(TASKS * ROUNDS)
    public void waitForTheOneBefore(CarrierState state) {
        Tasks.Gate[] gates = new Tasks.Gate[TASKS];
        for (int i = 0; i < TASKS; i++) {
            gates[i] = state.tasks().newGate();
        }
        inAllTasks(state.tasks(), index -> {
            if (index == TASKS - 1) {
                gates[0].open(); // all wait by now, or soon will
            }
            Tasks.Gate own = gates[index];
            Tasks.Gate next = gates[(index + 1) % TASKS];
            for (int round = 0; round < ROUNDS; round++) {
                own.pass();
                next.open();
            }
        });
    }

    private static <T> void inAllTasks(Tasks<T> tasks, IntConsumer body) {
        tasks.run(() -> {
            List<T> started = new ArrayList<>(TASKS);
            for (int i = 0; i < TASKS; i++) {
                int index = i;
                started.add(tasks.spawn(() -> body.accept(index)));
            }
            started.forEach(tasks::join);
        });
    }
}
