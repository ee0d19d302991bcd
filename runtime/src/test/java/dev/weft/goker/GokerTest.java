package dev.weft.goker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.CapturedLog;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Verdict;
import dev.weft.Weft;
import dev.weft.loop.RunLoop;
import dev.weft.observe.Observer;
import dev.weft.observe.VerdictSnapshot;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The patterns of Go's goroutine-leak test set: each gets its verdict, with the right greenlets named. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
class GokerTest {
    private static final List<Kernel> KERNELS = Stream.of(LockKernels.all(), ChannelKernels.all(), MixedKernels.all())
            .flatMap(List::stream)
            .toList();

    @Test
    void thereAreSixtyFour() {
        assertEquals(64, KERNELS.stream().map(Kernel::name).distinct().count());
    }

    @Test
    void eachPatternGetsItsVerdictWithTheRightGreenletsNamed() {
        Map<String, String> expected = new TreeMap<>();
        KERNELS.forEach(kernel -> expected.put(kernel.name(), kernel.kind() + " " + new TreeSet<>(kernel.stuck())));
        Map<String, String> found = new TreeMap<>();
        found.putAll(verdicts(KERNELS.stream()
                .filter(kernel -> kernel.kind() != Verdict.Kind.PRESUMED)
                .toList()));
        for (Kernel kernel : KERNELS) {
            if (kernel.kind()
                    == Verdict.Kind.PRESUMED) { // alone, as others' orphans, of forgotten ancestry, could know it
                found.putAll(verdicts(List.of(kernel)));
            }
        }
        assertEquals(expected, found);
    }

    /** Runs {@code kernels} on one loop until all wait; returns the verdict on each. */
    @SuppressWarnings("try") // the log is kept quiet
    private static Map<String, String> verdicts(List<Kernel> kernels) {
        Map<String, Verdict.Kind> kinds = new HashMap<>();
        Map<String, Set<String>> stuck = new TreeMap<>();
        try (CapturedLog log = new CapturedLog();
                LoopGroup group = LoopGroup.builder().hogAfter(Duration.ZERO).open()) {
            RunLoop loop = (RunLoop) group.next();
            kernels.forEach(kernel ->
                    loop.spawn(kernel.name() + " main", () -> kernel.program().run(new Kernel.Spawner(kernel.name()))));
            for (int i = 0; i < 4; i++) {
                awaitQuiet(loop);
                loop.watch().verdicts().look();
            }
            group.verdicts()
                    .forEach(verdict -> verdict.greenlets()
                            .forEach(greenlet -> note(greenlet.name(), verdict.kind(), kinds, stuck)));
            Map<Long, String> names = new HashMap<>();
            loop.greenlets().forEach(greenlet -> names.put(greenlet.thread().threadId(), greenlet.name()));
            for (VerdictSnapshot leak : Observer.of(group).leaks()) {
                leak.greenlets().forEach(id -> note(names.getOrDefault(id, "? ?"), Verdict.Kind.LEAKED, kinds, stuck));
            }
        }
        Map<String, String> found = new TreeMap<>();
        stuck.forEach((kernel, all) -> found.put(kernel, kinds.get(kernel) + " " + all));
        return found;
    }

    private static void note(
            String name, Verdict.Kind kind, Map<String, Verdict.Kind> kinds, Map<String, Set<String>> stuck) {
        int space = name.indexOf(' ');
        String kernel = name.substring(0, space);
        kinds.putIfAbsent(kernel, kind);
        stuck.computeIfAbsent(kernel, key -> new TreeSet<>()).add(name.substring(space + 1));
    }

    private static void awaitQuiet(Loop loop) {
        loop.call(() -> {
            do {
                Weft.sleep(Duration.ofMillis(1)); // some kernels have time limits of nanoseconds
            } while (loop.greenlets().stream().anyMatch(GokerTest::isBusy));
        });
    }

    private static boolean isBusy(Greenlet<?> greenlet) {
        return greenlet != Greenlet.current() && greenlet.state() != Greenlet.State.WAITING;
    }
}
