package dev.weft.testing;

import dev.weft.Greenlet;
import dev.weft.kernel.GreenletTask;
import dev.weft.loop.RunLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingStream;

/**
 * A detector of blocking calls. It records every file read, write and force that a greenlet makes with the plain JDK on its
 * loop's thread, and every pinned wait, however short; {@link dev.weft.LoopGroup.Builder#hogAfter} reports only long ones.
 * For tests and debugging: it enables these events in the JDK's flight recorder ({@code jdk.jfr}), which takes up to a second
 * the first time in a JVM, and keeps all events with their stacks.
 *
 * <pre>{@code
 * try (BlockingCalls calls = BlockingCalls.watch()) {
 *     serveOneRequest();
 *     calls.assertNone();
 * }
 * }</pre>
 *
 * <p>It watches the whole JVM, except off-loaded calls and class loading, which happens once, whatever the class loader does.
 * Not recorded are opening and listing files, name look-ups, and foreign native code. Calls deeper than the recorder's 64
 * frames, or by an {@linkplain dev.weft.StartedThreads adopted} thread, are recorded only if the greenlet is alive at the
 * start or the end of the watch. For one test thread.
 */
public final class BlockingCalls implements AutoCloseable {
    private static final List<String> EVENTS =
            List.of("jdk.FileRead", "jdk.FileWrite", "jdk.FileForce", "jdk.VirtualThreadPinned");

    private final RecordingStream stream = new RecordingStream();
    private final List<BlockingCall> seen = Collections.synchronizedList(new ArrayList<>());
    private final Set<Long> living = Collections.synchronizedSet(new HashSet<>()); // greenlets at the start and the end
    private boolean over;

    /**
     * A blocking call.
     *
     * @param greenlet the name of the greenlet
     * @param operation the name of the event: FileRead, FileWrite, FileForce, VirtualThreadPinned
     * @param target the file; empty for a pinned wait
     * @param duration the duration of the call
     * @param where the stack, innermost frame first, up to the recorder's depth (64)
     */
    public record BlockingCall(
            String greenlet, String operation, String target, Duration duration, List<StackTraceElement> where) {
        public BlockingCall {
            where = List.copyOf(where);
        }

        @Override
        public String toString() {
            return operation + (target.isEmpty() ? "" : " of " + target) + " by greenlet \"" + greenlet + "\" for "
                    + duration.toNanos() / 1_000 + " us at " + where;
        }
    }

    private BlockingCalls() {
        for (String event : EVENTS) {
            stream.enable(event).withThreshold(Duration.ZERO).withStackTrace().with("throttle", "off");
            stream.onEvent(event, this::saw);
        }
        stream.setReuse(false);
    }

    /** Starts a watch. */
    public static BlockingCalls watch() {
        BlockingCalls calls = new BlockingCalls();
        calls.noteLiving();
        calls.stream.startAsync();
        return calls;
    }

    private void noteLiving() {
        for (RunLoop loop : RunLoop.live()) {
            for (Greenlet<?> greenlet : loop.greenlets()) {
                living.add(greenlet.thread().threadId());
            }
        }
    }

    /** Ends the watch, waits for the events before it, and returns the calls in the order in which they ended. */
    public List<BlockingCall> stop() {
        if (!over) {
            over = true;
            noteLiving();
            stream.stop();
            stream.close();
        }
        return List.copyOf(seen);
    }

    /**
     * {@linkplain #stop Ends} the watch.
     *
     * @throws AssertionError if there was a call; the message lists all of them
     */
    public void assertNone() {
        List<BlockingCall> all = stop();
        if (!all.isEmpty()) {
            throw new AssertionError("greenlets blocked their loop:"
                    + all.stream().map(call -> "\n  " + call).collect(Collectors.joining()));
        }
    }

    @Override
    public void close() {
        stop();
    }

    private void saw(RecordedEvent event) {
        RecordedThread thread = event.getThread();
        if (thread == null || !thread.isVirtual()) {
            return;
        }
        List<RecordedFrame> frames = event.getStackTrace() == null
                ? List.of()
                : event.getStackTrace().getFrames();
        if (frames.stream().anyMatch(BlockingCalls::isLoadingOfAClass)) {
            return;
        }
        boolean ours = frames.stream().anyMatch(BlockingCalls::isBodyOfGreenlet);
        if (ours || living.contains(thread.getJavaThreadId())) {
            String name = thread.getJavaName();
            seen.add(new BlockingCall(
                    name == null || name.isEmpty() ? "greenlet-" + thread.getJavaThreadId() : name,
                    event.getEventType().getName().substring("jdk.".length()),
                    event.hasField("path") ? String.valueOf(event.getString("path")) : "",
                    event.getDuration(),
                    frames.stream().map(BlockingCalls::element).toList()));
        }
    }

    private static boolean isBodyOfGreenlet(RecordedFrame frame) {
        return frame.getMethod().getType().getName().equals(GreenletTask.class.getName())
                && frame.getMethod().getName().equals("run");
    }

    private static boolean isLoadingOfAClass(RecordedFrame frame) {
        return frame.getMethod().getType().getName().equals(ClassLoader.class.getName())
                && frame.getMethod().getName().equals("loadClass");
    }

    private static StackTraceElement element(RecordedFrame frame) {
        return new StackTraceElement(
                frame.getMethod().getType().getName(), frame.getMethod().getName(), null, frame.getLineNumber());
    }
}
