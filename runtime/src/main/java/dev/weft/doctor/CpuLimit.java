package dev.weft.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The CPU limit of this process's control group on Linux. The JVM rounds it up to whole CPUs.
 *
 * @param cores the number of CPUs; infinite if there is no limit
 */
record CpuLimit(double cores) {
    private static final CpuLimit NONE = new CpuLimit(Double.POSITIVE_INFINITY);

    /** Reads the limit from files below {@code root}, which is "/" except in tests. */
    static CpuLimit read(Path root) {
        Path groups = root.resolve("sys/fs/cgroup");
        CpuLimit unified = unified(groups, root.resolve("proc/self/cgroup"));
        CpuLimit old =
                quota(read(groups, "cpu/cpu.cfs_quota_us") + " " + read(groups, "cpu/cpu.cfs_period_us")); // version 1
        return unified.cores < old.cores ? unified : old;
    }

    /** Returns the lowest limit of the process's group and its ancestors. */
    private static CpuLimit unified(Path groups, Path membership) {
        CpuLimit least = quota(read(groups, "cpu.max"));
        Path group = groups.resolve(ownGroup(membership)).normalize();
        while (group != null && group.startsWith(groups)) {
            CpuLimit limit = quota(read(group, "cpu.max"));
            least = limit.cores < least.cores ? limit : least;
            group = group.getParent();
        }
        return least;
    }

    private static String ownGroup(Path membership) {
        try {
            return Files.readAllLines(membership).stream()
                    .filter(line -> line.startsWith("0::/"))
                    .map(line -> line.substring("0::/".length()))
                    .findFirst()
                    .orElse("");
        } catch (IOException noControlGroups) {
            return "";
        }
    }

    /** Parses a quota and a period: "50000 100000" is half a CPU; "max" or -1 means no limit. */
    private static CpuLimit quota(String line) {
        String[] words = line.strip().split("\\s+", -1);
        if (words.length != 2 || words[0].equals("max") || words[0].equals("-1")) {
            return NONE;
        }
        try {
            return new CpuLimit(Double.parseDouble(words[0]) / Double.parseDouble(words[1]));
        } catch (NumberFormatException notAsDocumented) {
            return NONE;
        }
    }

    private static String read(Path directory, String name) {
        try {
            return Files.readString(directory.resolve(name)).strip();
        } catch (IOException noSuchLimit) {
            return "";
        }
    }
}
