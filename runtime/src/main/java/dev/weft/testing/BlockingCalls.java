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
 * Sees every read, write and force of a file by the plain JDK that a greenlet makes on its loop's thread, and every wait with
 * a pinned stack, however short: what {@link dev.weft.LoopGroup.Builder#hogAfter} sees only if it happens to last. For
 * tests and for hunting: it turns on the JDK's flight recorder ({@code jdk.jfr}) for these events, which takes up to a second
 * the first time in a JVM, and keeps all that it has seen, with the stacks.
 *
 * <pre>{@code
 * try (BlockingCalls calls = BlockingCalls.watch()) {
 *     serveOneRequest();
 *     calls.assertNone();
 * }
 * }</pre>
 *
 * <p>It sees the whole JVM, off-loaded calls left out, and the loading of classes, which happens once, whatever the loader
 * does for it. What is not seen: opening and listing files, look-ups of names, native code of others; and what was done below
 * more than the recorder's 64 frames, or by an {@linkplain dev.weft.StartedThreads adopted} thread, if that greenlet neither
 * lived when the watch began nor does when it ends. For one test thread.
 */
public final class BlockingCalls implements AutoCloseable {
    private static final List<String> EVENTS =
            List.of("jdk.FileRead", "jdk.FileWrite", "jdk.FileForce", "jdk.VirtualThreadPinned");

    private final RecordingStream stream = new RecordingStream();
    private final List<BlockingCall> seen = Collections.synchronizedList(new ArrayList<>());
    private final Set<Long> living = Collections.synchronizedSet(new HashSet<>()); // greenlets when it began
    private boolean over;

    /**
     * One call.
     *
     * @param greenlet the name of the greenlet
     * @param operation the event's name: FileRead, FileWrite, FileForce, VirtualThreadPinned
     * @param target the file; empty for a pinned wait
     * @param duration how long it took
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

    /** Begins to watch. */
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

    /** Ends the watch, waits until all that happened before has arrived, and gives it in the order of the ends. */
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
     * @throws AssertionError if there was a call; the message gives all of them
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
