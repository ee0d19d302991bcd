package dev.weft.bench.systems;

import dev.weft.Weft;
import dev.weft.bench.report.Spread;
import dev.weft.bench.targets.Limit;
import dev.weft.bench.targets.Target;
import dev.weft.supervisor.ChildSpec;
import dev.weft.supervisor.Supervisor;
import dev.weft.sync.Event;
import java.time.Duration;
import java.util.List;

/** What it takes a supervisor to restart very many children that fail at the same time, from the failures until all are up. */
final class SupervisorRestarts implements Measurement {
    private static final int CHILDREN = 100_000;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final double MOST_MICROS = 10;

    @Override
    public String name() {
        return "supervisor-restarts";
    }

    @Override
    public List<Target> measure(int rounds) {
        microsPerRestart(); // warms up
        double[] micros = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            micros[round] = microsPerRestart();
        }
        return List.of(new Target(
                "a restart, each of " + CHILDREN + " children that fail at once, us",
                Limit.atMost(MOST_MICROS),
                Spread.of(micros)));
    }

    @SuppressWarnings("try") // the supervisor stops its children when it is closed
    private static double microsPerRestart() {
        return Weft.run(() -> {
            Crowd crowd = new Crowd();
            Supervisor.Builder builder =
                    Supervisor.oneForOne().intensity(CHILDREN, HOUR).reports(report -> {});
            for (int i = 0; i < CHILDREN; i++) {
                builder.child(ChildSpec.greenlet("child-" + i, crowd::live).brutalKill());
            }
            try (Supervisor supervisor = builder.start("crowd")) {
                crowd.allAreUp.await();
                long begin = System.nanoTime();
                crowd.failAll();
                crowd.allAreUp.await();
                return (System.nanoTime() - begin) / 1e3 / CHILDREN;
            }
        });
    }

    /** The children. Confined to one loop. */
    private static final class Crowd {
        final Event allAreUp = new Event();
        private final Event failure = new Event();
        private final Event never = new Event();
        private int starts;

        void live() {
            boolean isFirst = starts++ < CHILDREN;
            if (starts % CHILDREN == 0) {
                allAreUp.set();
            }
            (isFirst ? failure : never).await();
            throw new IllegalStateException("as it was told");
        }

        void failAll() {
            allAreUp.clear();
            failure.set();
        }
    }
}
