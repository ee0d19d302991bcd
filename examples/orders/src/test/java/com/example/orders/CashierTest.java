package com.example.orders;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.testing.SteppedLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On a stepped loop, minutes pass in an instant, and every run is the same. */
class CashierTest {
    private final SteppedLoop loop = SteppedLoop.open();
    private final MemoryLedger ledger = new MemoryLedger();
    private final List<Long> charges = new ArrayList<>();

    @AfterEach
    void closeLoop() {
        loop.close();
    }

    private static final class MemoryLedger implements Ledger {
        private final Set<Long> unpaid = new TreeSet<>();

        @Override
        public List<Order> unpaid(int limit) {
            return unpaid.stream().limit(limit).map(CashierTest::order).toList();
        }

        @Override
        public void markPaid(long id) {
            unpaid.remove(id);
        }
    }

    private static Order order(long id) {
        return new Order(id, "Ada", "lamp", 1, Order.Status.NEW);
    }

    private Cashier start(Payments payments) {
        return loop.run(() -> Cashier.start(ledger, payments));
    }

    private void submit(Cashier cashier, long id) {
        ledger.unpaid.add(id);
        loop.run(() -> {
            cashier.submit(order(id));
            return id;
        });
    }

    @Test
    void chargesAtOnce() {
        Cashier cashier = start(order -> charges.add(order.id()));
        submit(cashier, 7);
        assertEquals(List.of(7L), charges);
        assertEquals(Set.of(), ledger.unpaid);
    }

    @Test
    void repeatsAChargeThatFailed() {
        Cashier cashier = start(order -> {
            charges.add(order.id());
            if (charges.size() < 3) {
                throw new IOException("the payment service has a bad moment");
            }
        });
        submit(cashier, 7);
        assertEquals(1, charges.size());
        loop.advance(Duration.ofSeconds(1)); // more than the two pauses together, and less than a sweep
        assertEquals(List.of(7L, 7L, 7L), charges);
        assertEquals(Set.of(), ledger.unpaid);
    }

    @Test
    void findsOrdersThatNobodySubmitted() {
        ledger.unpaid.add(7L);
        start(order -> charges.add(order.id()));
        assertEquals(List.of(), charges);
        loop.advance(Duration.ofSeconds(2));
        assertEquals(List.of(7L), charges);
    }

    @Test
    void triesAgainUntilThePaymentServiceIsBack() {
        List<Long> seconds = new ArrayList<>();
        Cashier cashier = start(order -> {
            seconds.add(loop.clock().nanos() / 1_000_000_000);
            if (seconds.getLast() < 60) {
                throw new IOException("the payment service is down");
            }
        });
        submit(cashier, 7);
        loop.advance(Duration.ofMinutes(2));
        assertEquals(Set.of(), ledger.unpaid);
        assertTrue(seconds.getLast() < 65, seconds::toString);
        assertEquals(1, seconds.stream().filter(second -> second >= 60).count());
    }

    @Test
    void doesNotChargeForAnOrderThatIsUnderWay() {
        Cashier cashier = start(order -> {
            charges.add(order.id());
            Weft.sleep(Duration.ofMinutes(1)); // and many sweeps find it unpaid
        });
        submit(cashier, 7);
        submit(cashier, 7);
        loop.advance(Duration.ofSeconds(50));
        assertEquals(List.of(7L), charges);
    }

    @Test
    void keepsToTheRateOfThePaymentService() {
        LongStream.range(0, 1000).forEach(ledger.unpaid::add);
        start(order -> charges.add(order.id()));
        loop.advance(Duration.ofSeconds(2)); // the first sweep
        assertEquals(50, charges.size());
        loop.advance(Duration.ofSeconds(1));
        assertEquals(550, charges.size());
    }

    @Test
    void finishesWhatIsQueuedWhenItStops() {
        Cashier cashier = start(order -> {
            Weft.sleep(Duration.ofMillis(10));
            charges.add(order.id());
        });
        LongStream.range(0, 40).forEach(id -> submit(cashier, id));
        Greenlet<?> stop = loop.spawn(() -> cashier.stop(Duration.ofSeconds(10)));
        loop.advance(Duration.ofSeconds(1));
        assertTrue(stop.state().isDone());
        assertEquals(40, charges.size());
    }

    @Test
    void givesUpWhenTheGraceIsOver() {
        Cashier cashier = start(order -> Weft.sleep(Duration.ofHours(1)));
        submit(cashier, 7);
        Greenlet<?> stop = loop.spawn(() -> cashier.stop(Duration.ofSeconds(10)));
        loop.advance(Duration.ofSeconds(11));
        assertTrue(stop.state().isDone());
        assertEquals(List.of(), loop.loop().greenlets());
        assertEquals(Set.of(7L), ledger.unpaid);
    }
}
