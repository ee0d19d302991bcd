package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The list of greenlets, read while the loop changes it. */
@Timeout(30)
@ExtendWith(NoGreenletLeaks.class)
class LiveGreenletsTest {
    private static final int RESIDENTS = 50;
    private static final int LISTINGS = 5_000;

    @Test
    void whoeverIsThereAllTheTimeIsAlwaysListedOnce() {
        try (LoopGroup group = LoopGroup.open()) {
            Loop loop = group.next();
            AtomicBoolean enough = new AtomicBoolean();
            Greenlet<List<Greenlet<?>>> mover = loop.spawn(() -> comeAndGo(enough));
            List<Greenlet<?>> residents = residents(loop);
            for (int i = 0; i < LISTINGS; i++) {
                List<Greenlet<?>> listed = loop.greenlets();
                assertEquals(new HashSet<>(listed).size(), listed.size(), "listed twice");
                assertTrue(new HashSet<>(listed).containsAll(residents), "one is missing");
            }
            enough.set(true);
            mover.join().forEach(Greenlet::kill);
        }
    }

    /** Residents among those who come and go, so that they are moved about. */
    private static List<Greenlet<?>> residents(Loop loop) {
        List<Greenlet<?>> residents = new ArrayList<>();
        for (int i = 0; i < RESIDENTS; i++) {
            residents.add(loop.spawn(() -> Weft.sleep(Duration.ofHours(1))));
            loop.spawn(() -> {}).join();
        }
        return residents;
    }

    private static List<Greenlet<?>> comeAndGo(AtomicBoolean enough) {
        SplittableRandom random = new SplittableRandom(1);
        List<Greenlet<?>> present = new ArrayList<>();
        Callable<String> body = () -> {
            Weft.sleep(Duration.ofHours(1));
            return "";
        };
        while (!enough.get()) {
            if (present.size() < random.nextInt(300)) {
                present.add(Weft.spawn(body));
            } else {
                present.remove(random.nextInt(present.size())).kill();
            }
            Weft.yieldNow();
        }
        return present;
    }
}
