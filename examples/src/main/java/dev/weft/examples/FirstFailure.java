package dev.weft.examples;

import dev.weft.Greenlet;
import dev.weft.Weft;
import java.io.IOException;
import java.time.Duration;

/**
 * A scope with three children. When one fails, the others are cancelled and clean up. The scope rethrows the failure once all
 * have ended, so nothing is left running.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar first-failure}
 */
public final class FirstFailure {
    private FirstFailure() {}

    /** Runs the example; takes no arguments. */
    public static void main(String[] args) {
        Weft.run(() -> {
            try {
                int pages = Weft.callInScope(scope -> {
                    Greenlet<Integer> fast = scope.spawn("fast", () -> fetch("fast", 10));
                    Greenlet<Integer> slow = scope.spawn("slow", () -> fetch("slow", 60_000));
                    scope.spawn("broken", () -> {
                        Weft.sleep(Duration.ofMillis(50));
                        throw new IOException("the server has gone away");
                    });
                    return fast.join(IOException.class) + slow.join(IOException.class);
                });
                System.out.println(pages + " pages"); // not reached
            } catch (IOException e) {
                System.out.println("the scope failed: " + e.getMessage());
            }
            boolean inTime = Weft.moveOnAfter(Duration.ofMillis(20), () -> fetch("late", 60_000));
            System.out.println(inTime ? "in time" : "moved on");
        });
    }

    private static int fetch(String name, long millis) {
        boolean completed = false;
        try {
            Weft.sleep(Duration.ofMillis(millis));
            completed = true;
            return 1;
        } finally {
            System.out.println(name + (completed ? " is done" : " was cancelled and has cleaned up"));
        }
    }
}
