package dev.weft.io.offload;

import dev.weft.Loop;
import dev.weft.Offload;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Blocking calls, which are off-loaded for greenlets and made directly on any other thread. The stack trace of an exception shows
 * the frames of the call followed by those of the calling greenlet, as if the call had been made directly.
 */
public final class OffloadedCalls {
    private static final System.Logger LOGGER = System.getLogger("dev.weft.io");

    /** The maximum number of abandoned calls that may be blocked at a time. */
    public static final int MAX_ABANDONED = 64;

    private OffloadedCalls() {}

    /** A blocking call. */
    @FunctionalInterface
    public interface Blocking<T extends @Nullable Object> {
        /** Makes the call. */
        T call() throws IOException;
    }

    /** A blocking call without a result. */
    @FunctionalInterface
    public interface BlockingAction {
        /** Makes the call. */
        void run() throws IOException;
    }

    /**
     * A call with a description for waiting greenlets and timeouts. Its frame marks the end of the relevant part of a stack
     * trace.
     */
    private record Described<T extends @Nullable Object>(String verb, Object subject, Blocking<T> body)
            implements Callable<T> {
        @Override
        public T call() throws IOException {
            return body.call();
        }

        @Override
        public String toString() {
            return verb + " " + subject;
        }
    }

    /**
     * Makes the call {@code body}, off-loading it as {@code terms} define if the caller is on a loop. {@code verb} and {@code
     * subject} describe the call.
     */
    public static <T extends @Nullable Object> T call(Offload terms, String verb, Object subject, Blocking<T> body)
            throws IOException {
        if (!Suspension.isOnLoop()) {
            return body.call();
        }
        try {
            return offload(terms, new Described<>(verb, subject, body));
        } catch (Exception | Error e) {
            showCaller(e);
            throw e;
        }
    }

    /** Makes a call without a result, as {@link #call} does. */
    @SuppressWarnings("NullAway") // a Void is always null
    public static void run(Offload terms, String verb, Object subject, BlockingAction body) throws IOException {
        OffloadedCalls.<@Nullable Void>call(terms, verb, subject, () -> {
            body.run();
            return null;
        });
    }

    /** Makes a call as {@link #run} does, even if the greenlet was killed. */
    public static void runShielded(Offload terms, String verb, Object subject, BlockingAction body) throws IOException {
        if (Suspension.isOnLoop()) {
            Weft.shield(() -> run(terms, verb, subject, body));
        } else {
            body.run();
        }
    }

    @SuppressWarnings("RedundantThrows") // thrown by the off-loaded call, although Offload.call does not declare it
    private static <T extends @Nullable Object> T offload(Offload terms, Described<T> call) throws IOException {
        return terms.call(call);
    }

    /**
     * Makes a call that may never return. Each call has its own thread, so that blocked calls do not delay others as they would
     * in a bounded pool. Killing the greenlet interrupts the call and abandons it.
     *
     * @throws IOException if {@code body} throws it, or if {@value #MAX_ABANDONED} abandoned calls are still blocked
     */
    public static <T extends @Nullable Object> T callOnOwnThread(String verb, Object subject, Blocking<T> body)
            throws IOException {
        if (!Suspension.isOnLoop()) {
            return body.call();
        }
        if (OwnThreadCall.abandoned() >= MAX_ABANDONED) {
            throw new IOException(
                    "cannot start the " + verb + " " + subject + " because " + MAX_ABANDONED
                            + " abandoned calls are still blocked; open the other ends of the FIFOs, or do not abandon and retry");
        }
        try {
            return new OwnThreadCall<>(new Described<>(verb, subject, body)).await();
        } catch (Exception | Error e) {
            showCaller(e);
            throw e;
        }
    }

    /** Makes a call without a result, as {@link #callOnOwnThread} does. */
    @SuppressWarnings("NullAway") // a Void is always null
    public static void runOnOwnThread(String verb, Object subject, BlockingAction body) throws IOException {
        OffloadedCalls.<@Nullable Void>callOnOwnThread(verb, subject, () -> {
            body.run();
            return null;
        });
    }

    /**
     * Closes {@code resource} without waiting, because a close may block and must work in a greenlet that was killed. A failure
     * is logged.
     */
    public static void closeInBackground(Closeable resource) {
        if (!Suspension.isOnLoop()) {
            closeNow(resource);
            return;
        }
        try {
            Loop.current().group().offloadExecutor().execute(() -> closeNow(resource));
        } catch (RejectedExecutionException groupIsClosed) {
            closeNow(resource);
        }
    }

    private static void closeNow(Closeable resource) {
        try {
            resource.close();
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "closing " + resource + " failed", e);
        }
    }

    /** Appends the caller's stack trace to that of the call, if the call threw {@code failure}. */
    private static void showCaller(Throwable failure) {
        StackTraceElement[] there = failure.getStackTrace();
        int end = indexOfCall(there);
        if (end < 0) {
            return;
        }
        StackTraceElement[] here = new Throwable().getStackTrace();
        int begin = 0;
        while (begin < here.length && here[begin].getClassName().equals(OffloadedCalls.class.getName())) {
            begin++;
        }
        StackTraceElement[] joined = new StackTraceElement[end + here.length - begin];
        System.arraycopy(there, 0, joined, 0, end);
        System.arraycopy(here, begin, joined, end, here.length - begin);
        failure.setStackTrace(joined);
    }

    private static int indexOfCall(StackTraceElement[] frames) {
        for (int i = 0; i < frames.length; i++) {
            if (frames[i].getClassName().equals(Described.class.getName())) {
                return i;
            }
        }
        return -1;
    }
}
