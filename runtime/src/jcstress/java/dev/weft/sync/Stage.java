package dev.weft.sync;

import dev.weft.DeadlineExceeded;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import java.time.Duration;
import java.util.Optional;

/** What the tests of channels share: two loops, which live as long as the JVM, and operations that give up soon. */
final class Stage {
    private static final LoopGroup GROUP =
            LoopGroup.builder().loops(2).hogAfter(Duration.ZERO).open();
    private static final Duration SOON = Duration.ofNanos(50_000);

    static final Loop HOME = GROUP.loops().get(0);
    static final Loop AWAY = GROUP.loops().get(1);

    static {
        Thread main = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("main"))
                .findFirst()
                .orElseThrow();
        Thread.ofPlatform().daemon().start(() -> closeAfter(main));
    }

    private Stage() {}

    /** Else the loops' threads would keep the JVM alive when all is done. */
    private static void closeAfter(Thread main) {
        try {
            main.join();
            GROUP.close();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Whether {@code value} was sent: 1, or else 0. */
    static int send(Channel<Integer> channel, int value) {
        try {
            channel.send(value, SOON);
            return 1;
        } catch (DeadlineExceeded | ChannelClosed notSent) {
            return 0;
        }
    }

    /** What was received; 0 if nothing was. */
    static int receive(Channel<Integer> channel) {
        try {
            return channel.receive(SOON);
        } catch (DeadlineExceeded | EndOfChannel nothing) {
            return 0;
        }
    }

    /** What is left in {@code channel}, as the digits of a number. */
    static int drain(Channel<Integer> channel) {
        int digits = 0;
        try {
            Optional<Integer> next;
            while ((next = channel.tryReceive()).isPresent()) {
                digits = digits * 10 + next.get();
            }
        } catch (EndOfChannel end) {
            return digits;
        }
        return digits;
    }
}
