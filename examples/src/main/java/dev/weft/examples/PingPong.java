package dev.weft.examples;

import dev.weft.Greenlet;
import dev.weft.Weft;
import java.util.concurrent.SynchronousQueue;

/**
 * Two greenlets that pass a ball back and forth. While one waits for the ball, the other runs.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar ping-pong [ROUNDS]}
 */
public final class PingPong {
    private PingPong() {}

    /** Plays the number of rounds given as the argument, by default 3. */
    public static void main(String[] args) throws InterruptedException {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 3;
        SynchronousQueue<Integer> toLeft = new SynchronousQueue<>();
        SynchronousQueue<Integer> toRight = new SynchronousQueue<>();
        Weft.run(() -> {
            Greenlet<?> left = Weft.spawn("left", () -> {
                for (int round = 1; round <= rounds; round++) {
                    System.out.println("ping " + round);
                    toRight.put(round);
                    toLeft.take();
                }
            });
            Greenlet<?> right = Weft.spawn("right", () -> {
                for (int round = 1; round <= rounds; round++) {
                    int ball = toRight.take();
                    System.out.println("pong " + ball);
                    toLeft.put(ball);
                }
            });
            left.join();
            right.join();
        });
    }
}
