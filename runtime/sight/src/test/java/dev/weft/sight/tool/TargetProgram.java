package dev.weft.sight.tool;

import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.sync.Channel;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * Programs for the tool to look into. Each prints {@code ready}; then {@code close} on its standard input closes its group, and the
 * end of the input ends it.
 */
final class TargetProgram {
    private static final int PAIRS = 50;
    private static volatile boolean holds = true;

    private TargetProgram() {}

    public static void main(String[] args) throws Exception {
        LoopGroup group = switch (args[0]) {
            case "busy" -> busy();
            case "hanging" -> hanging();
            case "many" -> many(Integer.parseInt(args[1]));
            default -> throw new IllegalArgumentException(args[0]);
        };
        System.out.println("ready");
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            if (command.equals("close")) {
                group.close();
                System.out.println("closed");
            }
        }
        System.exit(0);
    }

    /** Pairs of greenlets that play ping-pong as fast as they can, a scope with children, and one to be killed. */
    private static LoopGroup busy() {
        LoopGroup group = LoopGroup.builder().loops(2).killableFromOutside().open();
        for (int i = 0; i < PAIRS; i++) {
            group.spawn("pair-" + i, TargetProgram::play);
        }
        group.spawn(
                "parent",
                () -> Weft.scope(scope -> {
                    scope.spawn("child-1", () -> Weft.sleep(Duration.ofDays(1)));
                    scope.spawn("child-2", () -> Weft.sleep(Duration.ofDays(1)));
                }));
        group.spawn("victim", () -> Weft.sleep(Duration.ofDays(1)));
        return group;
    }

    private static void play() {
        Channel<Integer> table = Channel.rendezvous();
        Weft.spawn("partner", () -> {
            while (true) {
                table.receive();
            }
        });
        for (int i = 0; ; i++) {
            table.send(i);
        }
    }

    /** All loops are held by greenlets that never yield. */
    private static LoopGroup hanging() throws InterruptedException {
        LoopGroup group = LoopGroup.open(2);
        CountDownLatch held = new CountDownLatch(2);
        for (int i = 0; i < 2; i++) {
            group.spawn("hog-" + i, () -> {
                held.countDown();
                while (holds) {
                    Thread.onSpinWait();
                }
            });
        }
        held.await();
        return group;
    }

    private static LoopGroup many(int greenlets) throws InterruptedException {
        LoopGroup group = LoopGroup.open(2);
        CountDownLatch asleep = new CountDownLatch(greenlets);
        for (int i = 0; i < greenlets; i++) {
            group.spawn(() -> {
                asleep.countDown();
                Weft.sleep(Duration.ofDays(1));
            });
        }
        asleep.await();
        return group;
    }
}
