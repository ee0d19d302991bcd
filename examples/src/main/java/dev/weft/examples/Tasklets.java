package dev.weft.examples;

import dev.weft.generator.SymmetricCoroutine;
import java.util.ArrayDeque;

/**
 * Stackless Python's tasklets, and a channel with a preference: a scheduler of one's own on symmetric coroutines. When both sides
 * have met, the one that is preferred runs now, and the other one goes to the end of the run queue.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar tasklets}
 */
public final class Tasklets {
    private record Ready(SymmetricCoroutine<String> tasklet, String value) {}

    private final SymmetricCoroutine<String> scheduler = SymmetricCoroutine.main();
    private final ArrayDeque<Ready> runQueue = new ArrayDeque<>();
    private final ArrayDeque<SymmetricCoroutine<String>> receivers = new ArrayDeque<>();
    private final int preference; // as in Stackless: -1 for the receiver, 1 for the sender

    private Tasklets(int preference) {
        this.preference = preference;
        spawn((self, start) -> "  a receives " + receive(self) + "\n");
        spawn((self, start) -> "  b receives " + receive(self) + "\n");
        spawn((self, start) -> send(self, "1") + send(self, "2"));
    }

    /** Shows the order in which a sender and two receivers run, with either preference. */
    public static void main(String[] args) {
        for (int preference : new int[] {-1, 1}) {
            System.out.println("preference " + preference);
            Tasklets tasklets = new Tasklets(preference);
            while (!tasklets.runQueue.isEmpty()) {
                Ready next = tasklets.runQueue.remove();
                System.out.print(next.tasklet().switchTo(next.value())); // the result of its body, once that has ended
            }
        }
    }

    private void spawn(SymmetricCoroutine.Body<String> body) {
        runQueue.add(new Ready(scheduler.child(body), ""));
    }

    private String receive(SymmetricCoroutine<String> self) {
        receivers.add(self); // in this program it is there before the sender
        return scheduler.switchTo("");
    }

    private String send(SymmetricCoroutine<String> self, String value) {
        Ready receiver = new Ready(receivers.remove(), value);
        System.out.println("  sends " + value);
        if (preference > 0) {
            runQueue.addLast(receiver);
            return "";
        }
        runQueue.addFirst(receiver);
        runQueue.addLast(new Ready(self, ""));
        return scheduler.switchTo("");
    }
}
