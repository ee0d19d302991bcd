package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code System.exit} on a loop, which waits there for shutdown hooks that wait for the loop. */
@Timeout(120)
class ExitTest {

    @ParameterizedTest
    @ValueSource(
            classes = {
                ExitWhileAHookCloses.class,
                ExitOnAnotherLoop.class,
                ExitInAHandler.class,
                ExitInACallback.class,
                ExitInAnOffloadedCall.class,
                ExitWhileMainEnds.class,
                ExitInAGreenletThatIsKilled.class
            })
    void theJvmEndsWithItsStatusAndTheHookHasRun(Class<?> program) throws Exception {
        ChildJvm.Result result = ChildJvm.run(program, ChildJvm.FLAG);
        assertEquals(7, result.exitCode(), result.output());
        assertTrue(result.output().contains("hook done"), result.output());
        assertTrue(result.output().contains("neighbour cleaned up"), result.output());
    }

    private static LoopGroup open(UncaughtHandler handler) {
        LoopGroup group = LoopGroup.builder().loops(2).uncaughtHandler(handler).open();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            group.close(Duration.ofSeconds(3));
            System.out.println("hook done");
        }));
        neighbour(group.loops().get(0));
        return group;
    }

    private static void neighbour(Loop loop) {
        Greenlet<?> neighbour = loop.spawn(() -> {
            try {
                Weft.sleep(Duration.ofHours(1));
            } finally {
                System.out.println("neighbour cleaned up");
            }
        });
        while (neighbour.state() != Greenlet.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    static final class ExitWhileAHookCloses {
        public static void main(String[] arguments) {
            open((greenlet, failure) -> {}).loops().get(0).spawn(() -> System.exit(7));
        }
    }

    static final class ExitOnAnotherLoop {
        public static void main(String[] arguments) {
            open((greenlet, failure) -> {}).loops().get(1).spawn(() -> System.exit(7));
        }
    }

    static final class ExitInAHandler {
        public static void main(String[] arguments) {
            open((greenlet, failure) -> System.exit(7)).loops().get(0).spawn(() -> {
                throw new IllegalStateException("fail fast");
            });
        }
    }

    static final class ExitInACallback {
        public static void main(String[] arguments) {
            open((greenlet, failure) -> {}).loops().get(0).execute(() -> System.exit(7));
        }
    }

    static final class ExitInAnOffloadedCall {
        public static void main(String[] arguments) {
            open((greenlet, failure) -> {}).loops().get(0).spawn(() -> Weft.offload(() -> System.exit(7)));
        }
    }

    static final class ExitWhileMainEnds {
        public static void main(String[] arguments) {
            Thread main = Thread.currentThread();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    main.join();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                System.out.println("hook done");
            }));
            Weft.run(() -> {
                Greenlet<?> neighbour = Weft.spawn(() -> {
                    try {
                        Weft.sleep(Duration.ofHours(1));
                    } finally {
                        System.out.println("neighbour cleaned up");
                    }
                });
                Greenlet<?> exiting = Weft.spawn(() -> System.exit(7));
                while (neighbour.state() != Greenlet.State.WAITING || exiting.state() != Greenlet.State.WAITING) {
                    Weft.yieldNow();
                }
            });
        }
    }

    static final class ExitInAGreenletThatIsKilled {
        public static void main(String[] arguments) {
            LoopGroup group = open((greenlet, failure) -> {});
            Greenlet<?> leaving = group.loops().get(0).spawn(() -> {
                try {
                    Weft.sleep(Duration.ofHours(1));
                } finally {
                    System.exit(7);
                }
            });
            while (leaving.state() != Greenlet.State.WAITING) {
                Thread.onSpinWait();
            }
            leaving.kill();
        }
    }
}
