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
 * Calls that block: off-loaded if a greenlet makes them, plainly made by any other thread. What such a call throws shows,
 * below its own frames, those of the greenlet that asked for it, as if it had been called there.
 */
public final class OffloadedCalls {
    private static final System.Logger LOGGER = System.getLogger("dev.weft.io");

    /** How many calls that were given up may hang. */
    public static final int MOST_LEFT_BEHIND = 64;

    private OffloadedCalls() {}

    /** A call that blocks. */
    @FunctionalInterface
    public interface Blocking<T extends @Nullable Object> {
        /** Blocks until it is done. */
        T call() throws IOException;
    }

    /** As {@link Blocking}, without a result. */
    @FunctionalInterface
    public interface BlockingAction {
        /** Blocks until it is done. */
        void run() throws IOException;
    }

    /**
     * The call with a text, which is what the description of the waiting greenlet and a timeout show. Its frame marks
     * where the stack of the other thread is of no interest any more.
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

    /** Makes the call {@code body}, which does {@code verb} to {@code subject}, on {@code terms} if on a loop. */
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

    /** As {@link #call}, without a result. */
    @SuppressWarnings("NullAway") // a Void is always null
    public static void run(Offload terms, String verb, Object subject, BlockingAction body) throws IOException {
        OffloadedCalls.<@Nullable Void>call(terms, verb, subject, () -> {
            body.run();
            return null;
        });
    }

    /** As {@link #run}, for what has to happen even if the greenlet has been killed. */
    public static void runShielded(Offload terms, String verb, Object subject, BlockingAction body) throws IOException {
        if (Suspension.isOnLoop()) {
            Weft.shield(() -> run(terms, verb, subject, body));
        } else {
            body.run();
        }
    }

    @SuppressWarnings("RedundantThrows") // the off-loaded call throws it, though its declaration does not say so
    private static <T extends @Nullable Object> T offload(Offload terms, Described<T> call) throws IOException {
        return terms.call(call);
    }

    /**
     * As {@link #call}, for calls that may never come back: on a thread of its own, so that those that hang hold nobody
     * up, as they might in a bounded pool if they wait for each other. A greenlet that is killed interrupts the call
     * and leaves it.
     *
     * @throws IOException as {@code body} does, or if {@value #MOST_LEFT_BEHIND} that were left behind still hang
     */
    public static <T extends @Nullable Object> T callApart(String verb, Object subject, Blocking<T> body)
            throws IOException {
        if (!Suspension.isOnLoop()) {
            return body.call();
        }
        if (OwnThreadCall.leftBehind() >= MOST_LEFT_BEHIND) {
            throw new IOException(MOST_LEFT_BEHIND
                    + " calls that may never come back were given up and still hang, so there" + " will be no " + verb
                    + " " + subject + "; let the other sides answer, or do not give up and try again");
        }
        try {
            return new OwnThreadCall<>(new Described<>(verb, subject, body)).await();
        } catch (Exception | Error e) {
            showCaller(e);
            throw e;
        }
    }

    /** As {@link #callApart}, without a result. */
    @SuppressWarnings("NullAway") // a Void is always null
    public static void runApart(String verb, Object subject, BlockingAction body) throws IOException {
        OffloadedCalls.<@Nullable Void>callApart(verb, subject, () -> {
            body.run();
            return null;
        });
    }

    /**
     * Closes {@code resource} without waiting for it: a close may block, and must not be refused to one who has been
     * killed. That it failed is logged.
     */
    public static void closeBehind(Closeable resource) {
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

    /** Puts the stack of the caller below that of the call, if {@code failure} comes out of the call. */
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
