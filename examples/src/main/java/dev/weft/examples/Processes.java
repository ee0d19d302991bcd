package dev.weft.examples;

import dev.weft.DeadlineExceeded;
import dev.weft.Weft;
import dev.weft.io.process.ChildProcess;
import dev.weft.io.process.PipeInput;
import dev.weft.io.process.PipeOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Child processes whose pipes yield to the loop: {@code sort | uniq -c} connected by greenlets, and a slow process that is
 * killed together with its own children.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar processes}
 */
public final class Processes {
    private static final String WORDS = "pear\napple\npear\nfig\napple\npear\n";

    private Processes() {}

    /** Runs the example; takes no arguments. */
    public static void main(String[] args) throws IOException {
        Weft.run(() -> {
            pipeline();
            try {
                Weft.withTimeout(Duration.ofMillis(100), () -> ChildProcess.run("sh", "-c", "sleep 60; echo late"));
            } catch (DeadlineExceeded e) {
                System.out.println("the slow process was killed");
            }
        });
    }

    /** Runs {@code sort | uniq -c}. Leaving the try block in any way ends both processes. */
    private static void pipeline() throws IOException {
        try (ChildProcess sort = ChildProcess.start("sort");
                ChildProcess count = ChildProcess.start("uniq", "-c")) {
            Weft.scope(scope -> {
                scope.spawn(() -> {
                    try (PipeOutput words = sort.stdin()) {
                        words.write(WORDS.getBytes(StandardCharsets.UTF_8));
                    }
                });
                scope.spawn(() -> {
                    try (PipeInput sorted = sort.stdout();
                            PipeOutput counted = count.stdin()) {
                        sorted.transferTo(counted);
                    }
                });
                for (String line : count.stdout().lines()) {
                    System.out.println(line.strip());
                }
            });
            System.out.println("status " + sort.waitFor() + " and " + count.waitFor());
        }
    }
}
