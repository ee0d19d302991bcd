package dev.weft.examples;

import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Scope;
import dev.weft.Weft;
import dev.weft.sight.Console;
import dev.weft.sync.Channel;
import dev.weft.sync.Limiter;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A shop to look into: customers order, packers pack, and the accounts hold their loop up every few seconds. After twenty seconds
 * two clerks wait for each other, which the console names. Open the address that it prints in a browser.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar console [PORT]}
 */
public final class WatchedShop {
    private static final int CUSTOMERS = 200;
    private static final int PACKERS = 8;

    private final Channel<Integer> orders = Channel.buffered(16);
    private final Limiter tables = new Limiter(4);

    private WatchedShop() {}

    /** Opens a console on the port given as the argument, or on a free port, and runs until it is stopped. */
    public static void main(String[] args) {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 0;
        try (LoopGroup group = LoopGroup.builder().name("shop").loops(2).open();
                Console console = Console.builder()
                        .port(port)
                        .allowKill()
                        .allowLeakSearch()
                        .open(group)) {
            System.out.println("console: " + console.uri());
            Loop back = group.loops().get(1);
            back.spawn("accounts", WatchedShop::account);
            group.loops().get(0).call("shop", () -> Weft.scope(new WatchedShop()::open));
        }
    }

    private void open(Scope scope) {
        for (int i = 1; i <= CUSTOMERS; i++) {
            scope.spawn("customer " + i, this::order);
        }
        for (int i = 1; i <= PACKERS; i++) {
            scope.spawn("packer " + i, this::pack);
        }
        scope.spawn("trouble", WatchedShop::trouble);
    }

    private void order() {
        while (true) {
            Weft.sleep(upTo(2_000));
            orders.send(ThreadLocalRandom.current().nextInt()); // waits while the packers are behind
        }
    }

    @SuppressWarnings("try") // the table is held but not used
    private void pack() {
        while (true) {
            orders.receive();
            try (Limiter.Lease table = tables.acquire()) {
                Weft.sleep(upTo(80));
                compute(2);
            }
        }
    }

    /** Computes without a wait: nothing else runs on that loop meanwhile. */
    private static void account() {
        while (true) {
            Weft.sleep(Duration.ofSeconds(3));
            compute(200);
        }
    }

    private static void compute(int millis) {
        long end = System.nanoTime() + Duration.ofMillis(millis).toNanos();
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    /** Two clerks need the same two things, and take them in different orders. */
    private static void trouble() {
        Weft.sleep(Duration.ofSeconds(20));
        Limiter till = new Limiter(1);
        Limiter ledger = new Limiter(1);
        Weft.scope(scope -> {
            scope.spawn("clerk", () -> book(till, ledger));
            scope.spawn("other clerk", () -> book(ledger, till));
        });
    }

    @SuppressWarnings("try")
    private static void book(Limiter first, Limiter second) {
        try (Limiter.Lease one = first.acquire()) {
            Weft.sleep(Duration.ofMillis(100));
            try (Limiter.Lease other = second.acquire()) {
                System.out.println("booked");
            }
        }
    }

    private static Duration upTo(int millis) {
        return Duration.ofMillis(ThreadLocalRandom.current().nextInt(millis));
    }
}
