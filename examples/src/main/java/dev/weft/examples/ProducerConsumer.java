package dev.weft.examples;

import dev.weft.Greenlet;
import dev.weft.Weft;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * A producer and a consumer with a bounded JDK queue between them. {@code put} on a full queue and {@code take} on an empty
 * one park the greenlet, not the loop.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar producer-consumer [ITEMS]}
 */
public final class ProducerConsumer {
    private static final int CAPACITY = 2;

    private ProducerConsumer() {}

    /** Passes the number of items given as the argument, by default 5. */
    public static void main(String[] args) {
        int items = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        BlockingQueue<Integer> queue = new ArrayBlockingQueue<>(CAPACITY);
        Weft.run(() -> {
            Weft.spawn("producer", () -> {
                for (int item = 1; item <= items; item++) {
                    queue.put(item);
                    System.out.println("produced " + item);
                }
            });
            Greenlet<Integer> consumer = Weft.spawn("consumer", () -> {
                int sum = 0;
                for (int taken = 0; taken < items; taken++) {
                    int item = queue.take();
                    System.out.println("          consumed " + item);
                    sum += item;
                }
                return sum;
            });
            System.out.println("the sum is " + consumer.join());
        });
    }
}
