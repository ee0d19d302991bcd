package dev.weft.examples;

import dev.weft.Weft;
import dev.weft.sync.Channel;
import dev.weft.sync.Producer;
import java.time.Duration;

/**
 * Three stages connected by channels: numbers are generated, squared by several workers, and summed. A full channel applies
 * backpressure to the stage before it. The end of the numbers propagates as the channels close.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar pipeline [NUMBERS]}
 */
public final class Pipeline {
    private static final int WORKERS = 4;
    private static final Duration WORK = Duration.ofMillis(10);

    private Pipeline() {}

    /** Sums the number of squares given as the argument, by default 20. */
    public static void main(String[] args) {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : 20;
        Weft.run(() -> {
            Channel<Integer> numbers = Channel.buffered(2);
            Channel<Integer> squares = Channel.buffered(2);
            Weft.spawn("numbers", () -> {
                for (int number = 1; number <= count; number++) {
                    numbers.send(number);
                }
                numbers.close();
            });
            for (int i = 1; i <= WORKERS; i++) {
                Producer<Integer> results = squares.producer(); // the channel closes with its last producer
                Weft.spawn("worker " + i, () -> square(numbers, results));
            }
            int sum = 0;
            for (int square : squares) {
                sum += square;
            }
            System.out.println("the sum of " + count + " squares is " + sum);
        });
    }

    private static void square(Channel<Integer> numbers, Producer<Integer> results) {
        try (results) {
            for (int number : numbers) {
                Weft.sleep(WORK);
                results.send(number * number);
            }
        }
    }
}
