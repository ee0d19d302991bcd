package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.LoopGroup;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What a thread has that it may have inherited from the one that made it. */
public record Inheritance(
        @Nullable String local, ClassLoader loader, ThreadGroup group, int priority, boolean isDaemon) {
    private static final InheritableThreadLocal<@Nullable String> LOCAL = new InheritableThreadLocal<>();

    /** What is done by one who has a lot to leave. */
    @FunctionalInterface
    public interface Body {
        /** Does it. */
        void run() throws Exception;
    }

    /** That of {@code thread}, as far as others can see it. */
    public static Inheritance visibleOf(Thread thread) {
        return new Inheritance(
                null, thread.getContextClassLoader(), thread.getThreadGroup(), thread.getPriority(), thread.isDaemon());
    }

    /** That of the caller. */
    public static Inheritance ofThisThread() {
        Inheritance visible = visibleOf(Thread.currentThread());
        return new Inheritance(LOCAL.get(), visible.loader, visible.group, visible.priority, visible.isDaemon);
    }

    /** Fails if it is anybody's. */
    public void assertNobodys() {
        assertAll(
                () -> assertNull(local),
                () -> assertSame(ClassLoader.getSystemClassLoader(), loader),
                () -> assertNull(group.getParent(), () -> "in " + group),
                () -> assertEquals(Thread.NORM_PRIORITY, priority),
                () -> assertTrue(isDaemon));
    }

    /** Runs {@code body} on a thread that leaves whatever can be inherited. */
    public static void byAnApplication(Body body) throws Exception {
        CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
        Thread application = new Thread(new ThreadGroup("application"), () -> {
            try {
                withLocals(body);
                end.complete(null);
            } catch (Throwable t) {
                end.completeExceptionally(t);
            }
        });
        application.setPriority(Thread.MAX_PRIORITY);
        application.start();
        application.join();
        end.get();
    }

    /** Runs {@code body} by the caller, who leaves a thread-local and a class loader. */
    public static void withLocals(Body body) throws Exception {
        try (URLClassLoader loader = new URLClassLoader(new URL[0])) {
            LOCAL.set("of a request");
            Thread.currentThread().setContextClassLoader(loader);
            body.run();
        }
    }

    /** Runs {@code body} in a greenlet whose loop a thread of an application has opened. */
    public static void inAGreenletOfAnApplication(Body body) throws Exception {
        byAnApplication(() -> {
            try (LoopGroup group = LoopGroup.open(1)) {
                group.spawn(() -> withLocals(body)).join();
            }
        });
    }
}
