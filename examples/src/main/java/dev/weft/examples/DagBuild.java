package dev.weft.examples;

import dev.weft.Weft;
import dev.weft.sync.DagPool;
import dev.weft.sync.DagResult;
import dev.weft.sync.DagResults;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A build. Each target is made once those that it needs are there, independent ones at the same time. If one fails, those that need
 * it fail too, each with the chain of targets in its message; the others are made.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar build [BROKEN_TARGET]}
 */
public final class DagBuild {
    private static final Map<String, List<String>> TARGETS = Map.of(
            "app.jar", List.of("app.class", "lib.jar"),
            "app.class", List.of("app.java", "lib.class"),
            "lib.jar", List.of("lib.class"),
            "lib.class", List.of("lib.java"),
            "docs.html", List.of("docs.md"));

    private DagBuild() {}

    /** Builds all targets; the one named by the argument is broken. */
    public static void main(String[] args) {
        String broken = args.length > 0 ? args[0] : "";
        Weft.run(() -> {
            try (DagPool<String, String> build = new DagPool<>()) {
                build.spawnAll(TARGETS, (target, inputs) -> make(target, inputs, broken));
                for (String source : List.of("app.java", "lib.java", "docs.md")) {
                    build.post(source, source);
                }
                build.results(TARGETS.keySet()).forEach(DagBuild::report);
            }
        });
    }

    private static String make(String target, DagResults<String, String> inputs, String broken) {
        String content = String.join(" + ", inputs.all().values()); // waits for what it needs
        Weft.sleep(Duration.ofMillis(5L * content.length())); // stands for the compiler
        if (target.equals(broken)) {
            throw new IllegalStateException("syntax error");
        }
        return target + "(" + content + ")";
    }

    private static void report(DagResult<String, String> done) {
        System.out.println(done.failure().isEmpty() ? "made " + done.value() : done.toString());
    }
}
