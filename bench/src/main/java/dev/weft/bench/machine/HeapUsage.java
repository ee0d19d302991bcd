package dev.weft.bench.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Live heap of another JVM: asks it to collect, then to tell, through the JDK's {@code jcmd}. */
public final class HeapUsage {
    private static final Pattern USED = Pattern.compile("\\bused (\\d+)([KMG])");

    private static final int COLLECTIONS = 3;

    private HeapUsage() {}

    /** Bytes in use after a full collection; 0 if this is a JRE without {@code jcmd}. */
    public static long afterCollection(long pid) {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        if (!Files.isExecutable(jcmd)) {
            return 0;
        }
        for (int i = 0; i < COLLECTIONS; i++) { // what the first one makes unreachable, the next ones free
            run(jcmd, pid, "GC.run");
        }
        return parse(run(jcmd, pid, "GC.heap_info"));
    }

    /** Sums what the heap's parts say of themselves; every collector has a line a part. */
    static long parse(String heapInfo) {
        return heapInfo.lines()
                .filter(line -> !line.contains("Metaspace") && !line.contains("class space"))
                .map(USED::matcher)
                .filter(Matcher::find)
                .mapToLong(match -> Long.parseLong(match.group(1)) * unit(match.group(2)))
                .sum();
    }

    private static long unit(String letter) {
        return switch (letter) {
            case "K" -> 1L << 10;
            case "M" -> 1L << 20;
            default -> 1L << 30;
        };
    }

    private static String run(Path jcmd, long pid, String what) {
        try {
            Process process = new ProcessBuilder(jcmd.toString(), Long.toString(pid), what)
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new BenchFailure("jcmd " + pid + " " + what + " failed: " + output);
            }
            return output;
        } catch (IOException e) {
            throw new BenchFailure("cannot run " + jcmd + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted", e);
        }
    }
}
