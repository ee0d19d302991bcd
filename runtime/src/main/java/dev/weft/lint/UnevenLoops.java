package dev.weft.lint;

import dev.weft.loop.RunLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One loop of a group has been busy for over half of the last ten seconds, and another for less than half of that. */
final class UnevenLoops implements Lint {
    private static final int LEAST_PERCENT = 50;

    private final List<RunLoop> loops;
    private final List<Growth> busy = new ArrayList<>();

    UnevenLoops(List<RunLoop> loops) {
        this.loops = loops;
        loops.forEach(loop -> busy.add(new Growth()));
    }

    @Override
    public void conclude(long nowNanos, Consumer<Finding> found) {
        boolean isWhole = true;
        int most = 0;
        int least = 0;
        for (int i = 0; i < loops.size(); i++) {
            isWhole &=
                    busy.get(i).add(nowNanos, loops.get(i).eventLoop().scheduler.busyNanos());
            most = busy.get(i).value() > busy.get(most).value() ? i : most;
            least = busy.get(i).value() < busy.get(least).value() ? i : least;
        }
        long top = percent(most);
        if (isWhole && top >= LEAST_PERCENT && top > 2 * percent(least)) {
            found.accept(Finding.of(
                            "uneven-loops",
                            "loop " + loops.get(most).name(),
                            "loop " + loops.get(most).name() + " was busy for " + top
                                    + " % of the last ten seconds, and loop "
                                    + loops.get(least).name() + " for " + percent(least) + " %",
                            "Spread the work: group.spawn(...) or group.next(), several accepting loops, or smaller pieces.",
                            Growth.SPAN_NANOS)
                    .on(loops.get(most).name()));
        }
    }

    private long percent(int loop) {
        return 100 * busy.get(loop).value() / Growth.SPAN_NANOS;
    }
}
