package dev.weft.bench.scale;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The JVM in which a scene is played: {@code Stage SCENE COUNT REST_SECONDS} says one line of JSON. */
final class Stage {
    private static final int FEW = 10; // so that all classes are there
    private static final int COLD = 1_000;
    private static final int REHEARSAL = 20_000;
    private static final int REHEARSALS = 4; // until the code is compiled
    private static final Duration SHORT = Duration.ofSeconds(1);

    private Stage() {}

    public static void main(String[] args) throws Exception {
        Scene scene = Scene.valueOf(args[0]);
        int count = Integer.parseInt(args[1]);
        Duration rest = Duration.ofSeconds(Long.parseLong(args[2]));
        System.out.println(new ObjectMapper().writeValueAsString(play(scene, count, rest)));
        System.exit(0);
    }

    /**
     * The first ones of a JVM wait in interpreted frames, which are larger, and keep them; so they are measured first, by
     * themselves. The real number comes when the code is compiled.
     */
    private static Map<String, Object> play(Scene scene, int count, Duration rest) throws Exception {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("scene", scene);
        figures.put("one", scene.label());
        figures.put("count", count);
        long cold;
        try (Crowd rehearsing = scene.open(SHORT)) {
            held(rehearsing, Math.min(FEW, count));
            cold = held(rehearsing, Math.min(COLD, count)) / Math.min(COLD, count);
            for (int i = 0; i < REHEARSALS; i++) {
                rehearsing.come(Math.min(REHEARSAL, count));
                rehearsing.leave();
            }
        }
        try (Crowd crowd = scene.open(rest)) {
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

    /** What the heap holds while {@code count} rest, and not before. */
    private static long held(Crowd crowd, int count) throws Exception {
        long before = usedHeap();
        crowd.come(count);
        long held = usedHeap() - before;
        crowd.leave();
        return held;
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) { // what the first one makes unreachable, the next ones free
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
