package dev.weft.examples;

import dev.weft.Greenlet;
import dev.weft.Weft;
import java.time.Duration;

/**
 * Two greenlets on one loop: while one sleeps, the other runs.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar hello}
 */
public final class Hello {
    private Hello() {}

    /** Prints the greeting; takes no arguments. */
    public static void main(String[] args) {
        Weft.run(() -> {
            Greenlet<String> name = Weft.spawn(() -> {
                Weft.sleep(Duration.ofMillis(100)); // the loop is free meanwhile
                return "world";
            });
            System.out.println("hello ...");
            System.out.println("... " + name.join());
        });
    }
}
