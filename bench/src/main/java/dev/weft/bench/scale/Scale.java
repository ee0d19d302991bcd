package dev.weft.bench.scale;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.bench.machine.Child;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What greenlets, timers and connections hold while they do nothing: heap after a full collection, with them and without.
 * Each scene has a JVM of its own and says one line of JSON. Direct memory and the kernel's buffers are not heap.
 */
@Command(
        name = "scale",
        mixinStandardHelpOptions = true,
        description =
                "Heap of a million parked greenlets, sleepers and timers, and of idle connections; beside the JDK's.")
public final class Scale implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @Option(names = "--scenes", split = ",", description = "Which: ${COMPLETION-CANDIDATES} (all).")
    private List<Scene> scenes = List.of(Scene.values());

    @Option(names = "--count", defaultValue = "1000000", description = "How many of each (${DEFAULT-VALUE}).")
    private int count;

    @Option(names = "--connections", defaultValue = "9000", description = "Idle connections (${DEFAULT-VALUE}).")
    private int connections;

    @Option(
            names = "--rest",
            defaultValue = "20",
            description = "Seconds that sleepers and timers rest (${DEFAULT-VALUE}).")
    private long restSeconds;

    @Option(names = "--flag", description = "A flag of the JVM in which it happens, such as -XX:+UseZGC.")
    private List<String> flags = new ArrayList<>();

    @Option(names = "--out", defaultValue = "target/scale.json", description = "For all results (${DEFAULT-VALUE}).")
    private Path out = Path.of("");

    @Override
    public Integer call() throws Exception {
        List<JsonNode> results = new ArrayList<>();
        for (Scene scene : scenes) {
            String line = play(scene);
            System.out.println(line);
            results.add(new ObjectMapper().readTree(line));
        }
        ResultFile.write(out, "scale", flags, results);
        return 0;
    }

    private String play(Scene scene) {
        List<String> arguments = new ArrayList<>(ResultFile.WEFT_FLAGS);
        arguments.addAll(flags);
        arguments.add(Stage.class.getName());
        arguments.add(scene.name());
        arguments.add(Integer.toString(scene == Scene.CONNECTIONS ? connections : count));
        arguments.add(Long.toString(restSeconds));
        try (Child stage = Child.java("scene " + scene, List.of(), arguments)) {
            return stage.nextLine(PATIENCE);
        }
    }
}
