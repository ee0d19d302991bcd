package dev.weft.bench.systems;

import dev.weft.bench.report.Spread;
import dev.weft.bench.scale.Scale;
import dev.weft.bench.targets.Limit;
import dev.weft.bench.targets.Target;
import java.io.IOException;
import java.util.List;

/** The heap of an idle owner: its greenlet, frames and mailbox, without its state. */
final class OwnerMemory implements Measurement {
    private static final int OWNERS = 100_000;
    private static final double MOST_KIB = 1.2;

    @Override
    public String name() {
        return "owner-memory";
    }

    @Override
    public List<Target> measure(int rounds) throws IOException {
        double[] kibibytes = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            kibibytes[round] = Scale.heapBytesOfOwner(OWNERS) / 1024.0;
        }
        return List.of(
                new Target("an idle owner of 100,000, KiB of heap", Limit.atMost(MOST_KIB), Spread.of(kibibytes)));
    }
}
