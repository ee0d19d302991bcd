package dev.weft.bench.scale;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.bench.machine.Child;
import dev.weft.bench.machine.ResultFile;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures the heap held by idle greenlets, timers and connections: the heap after a full collection, with and without them.
 * Each scene runs in its own JVM and prints one line of JSON. Direct memory and kernel buffers are not included.
 */
@Command(
        name = "scale",
        mixinStandardHelpOptions = true,
        description =
                "Measure the heap of a million parked greenlets, sleepers and timers, and of idle connections, against"
                        + " the JDK's virtual threads.")
public final class Scale implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int FEW = 10; // to load all classes
    private static final int COLD = 1_000;
    private static final int REHEARSAL = 20_000;
    private static final int REHEARSAL_OF_CONNECTIONS =
            100; // which are busy for a while each; more would stay resident
    private static final int REHEARSALS = 4; // until the code is compiled
    private static final Duration SHORT = Duration.ofSeconds(1);
    /** A heap that has little free space, so that the resident memory shows what is used. */
    private static final List<String> TIGHT_HEAP =
            List.of("-XX:+UseSerialGC", "-Xmn4m", "-XX:MinHeapFreeRatio=5", "-XX:MaxHeapFreeRatio=10");

    public enum Scene {
        PARKED("a greenlet that receives from a channel", rest -> new GreenletCrowd.Parked()),
        PARKED_VIRTUAL("a virtual thread that takes from a queue", rest -> new ParkedVirtualThreads()),
        OWNERS("an idle owner, without its state", rest -> new GreenletCrowd.Idle()),
        SLEEPING("a greenlet that sleeps", GreenletCrowd.Sleeping::new),
        TIMERS("a timer of a loop, without a greenlet", GreenletCrowd.Timers::new),
        CONNECTIONS("an idle connection with its greenlet, without buffers", rest -> IdleConnections.ofEcho()),
        HTTP_CONNECTIONS("an idle keep-alive connection of the HTTP server", rest -> IdleConnections.ofHttp());

        private static final Set<Scene> OF_CONNECTIONS = EnumSet.of(CONNECTIONS, HTTP_CONNECTIONS);

        private final String label;

        @SuppressWarnings("ImmutableEnumChecker") // a constructor
        private final Function<Duration, Crowd> crowd;

        Scene(String label, Function<Duration, Crowd> crowd) {
            this.label = label;
            this.crowd = crowd;
        }

        private boolean isOfConnections() {
            return OF_CONNECTIONS.contains(this);
        }
    }

    @Option(names = "--scenes", split = ",", description = "Scenes to run: ${COMPLETION-CANDIDATES} (all).")
    private List<Scene> scenes = List.of(Scene.values());

    @Option(names = "--count", defaultValue = "1000000", description = "Objects per scene (${DEFAULT-VALUE}).")
    private int count;

    @Option(
            names = "--connections",
            defaultValue = "9000",
            description = "Number of idle connections (${DEFAULT-VALUE}).")
    private int connections;

    @Option(
            names = "--rest",
            defaultValue = "20",
            description = "Time of sleepers and timers in seconds (${DEFAULT-VALUE}).")
    private long restSeconds;

    @Option(names = "--flag", description = "A flag for the measured JVM, such as -XX:+UseZGC; repeatable.")
    private List<String> flags = new ArrayList<>();

    @Option(names = "--out", defaultValue = "target/scale.json", description = "Output file (${DEFAULT-VALUE}).")
    private Path out = Path.of("");

    @Override
    public Integer call() throws Exception {
        List<JsonNode> results = new ArrayList<>();
        for (Scene scene : scenes) {
            String line = inAnotherJvm(scene, scene.isOfConnections() ? connections : count, restSeconds, flags);
            System.out.println(line);
            results.add(new ObjectMapper().readTree(line));
        }
        ResultFile.write(out, "scale", flags, results);
        return 0;
    }

    /**
     * Measures the resident bytes of an idle keep-alive connection: by how much a JVM with twice {@code connections} is larger
     * than one with {@code connections}.
     */
    public static long residentBytesOfHttpConnection(int connections) throws IOException {
        return (residentBytesWith(2 * connections) - residentBytesWith(connections)) / connections;
    }

    /** Measures the heap that each of {@code count} idle owners takes, in a JVM of its own. */
    public static long heapBytesOfOwner(int count) throws IOException {
        String line = inAnotherJvm(Scene.OWNERS, count, 0, List.of());
        return new ObjectMapper().readTree(line).at("/bytesEach").asLong();
    }

    private static long residentBytesWith(int connections) throws IOException {
        String line = inAnotherJvm(Scene.HTTP_CONNECTIONS, connections, 0, TIGHT_HEAP);
        return new ObjectMapper().readTree(line).at("/residentBytes").asLong();
    }

    private static String inAnotherJvm(Scene scene, int count, long restSeconds, List<String> flags) {
        List<String> arguments = new ArrayList<>(Child.WEFT_FLAGS);
        arguments.addAll(flags);
        arguments.add(Scale.class.getName());
        arguments.add(scene.name());
        arguments.add(Integer.toString(count));
        arguments.add(Long.toString(restSeconds));
        try (Child child = Child.java("scene " + scene, arguments)) {
            return child.nextLine(PATIENCE);
        }
    }

    /** Runs a scene: {@code Scale SCENE COUNT REST_SECONDS} prints one line of JSON. */
    public static void main(String[] args) throws Exception {
        Scene scene = Scene.valueOf(args[0]);
        int count = Integer.parseInt(args[1]);
        Duration rest = Duration.ofSeconds(Long.parseLong(args[2]));
        System.out.println(new ObjectMapper().writeValueAsString(play(scene, count, rest)));
        System.exit(0);
    }

    /**
     * Measures a scene. The first objects of a JVM wait in interpreted frames, which are larger, and keep them, so they are
     * measured first and separately. The full number follows when the code is compiled.
     */
    private static Map<String, Object> play(Scene scene, int count, Duration rest) throws Exception {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("scene", scene);
        figures.put("one", scene.label);
        figures.put("count", count);
        int rehearsal = Math.min(count, scene.isOfConnections() ? REHEARSAL_OF_CONNECTIONS : REHEARSAL);
        int coldCount = Math.min(COLD, rehearsal);
        long cold;
        try (Crowd rehearsing = scene.crowd.apply(SHORT)) {
            held(rehearsing, Math.min(FEW, count));
            cold = held(rehearsing, coldCount) / coldCount;
            for (int i = 0; i < REHEARSALS; i++) {
                rehearsing.come(rehearsal);
                rehearsing.leave();
            }
        }
        try (Crowd crowd = scene.crowd.apply(rest)) {
            crowd.come(Math.min(FEW, count));
            crowd.leave();
            long bytes = held(crowd, count);
            figures.put("bytesEach", bytes / count);
            figures.put("coldBytesEach", cold);
            figures.put("heapMiB", bytes >> 20);
            figures.putAll(crowd.figures());
        }
        return figures;
    }

    /** Returns the growth of the heap while {@code count} objects are idle. */
    private static long held(Crowd crowd, int count) throws Exception {
        long before = usedHeap();
        crowd.come(count);
        long held = usedHeap() - before;
        crowd.leave();
        return held;
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) { // one collection can make objects unreachable for the next
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
