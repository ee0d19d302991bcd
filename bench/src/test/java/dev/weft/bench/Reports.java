package dev.weft.bench;

import dev.weft.bench.load.Load;
import dev.weft.bench.load.LoadResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reports with figures that are easy to follow. */
final class Reports {
    private Reports() {}

    /** Three rounds in which greenlets make {@code requests[i]} a second and virtual threads 100,000. */
    static Report of(double... requests) {
        List<Measurement> runs = new ArrayList<>();
        for (int round = 1; round <= requests.length; round++) {
            runs.add(run(Contender.GREENLETS, round, requests[round - 1], 0.5, 1));
            runs.add(run(Contender.VIRTUAL, round, 100_000, 0.5, 1));
        }
        return of(runs, requests.length);
    }

    static Report of(List<Measurement> runs, int rounds) {
        List<Contender> contenders =
                runs.stream().map(Measurement::contender).distinct().toList();
        Settings settings = new Settings(contenders, 1234, 64, rounds, 1, 2, Load.Engine.AUTO, List.of());
        Machine machine = new Machine("a <fast> cpu", 2, "Linux 1", 1L << 30, "a VM", "25");
        return new Report(
                "2026-01-01T00:00:00Z",
                "0.1",
                List.of("java", "-jar", "bench.jar", "c10k"),
                settings,
                machine,
                "server on core 0",
                Map.of(Contender.GREENLETS, List.of("--flag-of-the-server")),
                runs);
    }

    static Measurement run(
            Contender contender, int round, double requestsPerSecond, double loadCpuShare, double serverCpuShare) {
        return run(contender, round, requestsPerSecond, loadCpuShare, serverCpuShare, 0);
    }

    /** A run beside which other processes took half a core. */
    static Measurement disturbed(Contender contender) {
        return run(contender, 1, 100_000, 0.5, 1, 0.5);
    }

    private static Measurement run(
            Contender contender,
            int round,
            double requestsPerSecond,
            double loadCpuShare,
            double serverCpuShare,
            double othersCpuShare) {
        LoadResult load = new LoadResult(
                "epoll",
                1234,
                64,
                0.1,
                2,
                (long) (2 * requestsPerSecond),
                requestsPerSecond,
                10,
                20,
                30,
                40,
                5.5,
                serverCpuShare,
                loadCpuShare,
                othersCpuShare,
                100L << 20,
                17);
        return new Measurement(contender, round, load, 7L << 20);
    }
}
