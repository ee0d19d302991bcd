package dev.weft.serial;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a throwable shows of itself, in a form that can always be written and read. A graph of throwables is an array of these
 * in which causes and suppressed exceptions are indices, so that cycles and long chains need no recursion.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record RecordedFailure(
        String type, @Nullable String message, String text, StackTraceElement[] frames, int cause, int[] suppressed)
        implements Serializable {
    private static final int NONE = -1;
    private static final int MAX_FAILURES = 1_000; // of a graph; what is beyond is left out

    /** Records {@code root} and what can be reached from it; the root comes first. */
    static RecordedFailure[] graphOf(Throwable root) {
        List<Throwable> found = new ArrayList<>();
        IdentityHashMap<Throwable, Integer> indices = new IdentityHashMap<>();
        find(root, found, indices);
        List<RecordedFailure> recorded = new ArrayList<>();
        for (int i = 0; i < found.size(); i++) { // grows while it runs
            Throwable failure = found.get(i);
            Throwable cause = causeOf(failure);
            int causeIndex = cause == null ? NONE : find(cause, found, indices);
            int[] suppressed = new int[failure.getSuppressed().length];
            for (int j = 0; j < suppressed.length; j++) {
                suppressed[j] = find(failure.getSuppressed()[j], found, indices);
            }
            recorded.add(of(failure, causeIndex, suppressed));
        }
        return recorded.toArray(new RecordedFailure[0]);
    }

    private static int find(Throwable failure, List<Throwable> found, IdentityHashMap<Throwable, Integer> indices) {
        Integer known = indices.get(failure);
        if (known != null) {
            return known;
        }
        if (found.size() == MAX_FAILURES) {
            return NONE;
        }
        indices.put(failure, found.size());
        found.add(failure);
        return found.size() - 1;
    }

    /** Records {@code failure} alone. */
    static RecordedFailure of(Throwable failure) {
        return of(failure, NONE, new int[0]);
    }

    private static RecordedFailure of(Throwable failure, int cause, int[] suppressed) {
        String type = failure.getClass().getName();
        StackTraceElement[] frames = answer(failure::getStackTrace);
        String text = answer(failure::toString);
        return new RecordedFailure(
                type,
                answer(failure::getMessage),
                text == null ? type : text,
                frames == null ? new StackTraceElement[0] : frames,
                cause,
                suppressed);
    }

    static @Nullable Throwable causeOf(Throwable failure) {
        return answer(failure::getCause);
    }

    /** Asks a throwable, whose methods may be overridden and fail. */
    private static <T> @Nullable T answer(Supplier<? extends @Nullable T> question) {
        try {
            return question.get();
        } catch (RuntimeException | StackOverflowError e) {
            return null;
        }
    }

    /** Returns what stands for the graph's root, linked as the originals were. */
    static RemoteFailure revive(RecordedFailure[] graph) {
        RemoteFailure[] revived = new RemoteFailure[graph.length];
        for (int i = 0; i < graph.length; i++) {
            revived[i] = new RemoteFailure(graph[i]);
        }
        for (int i = 0; i < graph.length; i++) {
            List<Throwable> suppressed = new ArrayList<>();
            for (int index : graph[i].suppressed()) {
                if (index != NONE) {
                    suppressed.add(revived[index]);
                }
            }
            revived[i].linkedTo(graph[i].cause() == NONE ? null : revived[graph[i].cause()], suppressed);
        }
        return revived[0];
    }
}
