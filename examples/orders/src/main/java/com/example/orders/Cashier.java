package com.example.orders;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.sync.Channel;
import dev.weft.sync.RateLimiter;
import dev.weft.time.Retry;
import dev.weft.time.Ticker;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Charges for orders in the background. A channel tells a few workers about new orders. What the channel has no room for, what
 * failed, and what was left behind by an earlier process is found by a look at the database, every few seconds while the
 * channel is empty. So the channel may forget, and the database is the only place that must not.
 *
 * <p>Belongs to the loop that starts it, and therefore needs no lock. {@link #submit} may be called on any loop.
 */
final class Cashier {
    private static final Logger LOGGER = LoggerFactory.getLogger(Cashier.class);
    private static final int QUEUE = 1000;
    private static final int WORKERS = 32;
    private static final Duration BETWEEN_SWEEPS = Duration.ofSeconds(2);

    private final Channel<Order> queue = Channel.droppingNewest(QUEUE);
    private final Set<Long> underWay = new HashSet<>();
    private final List<Greenlet<?>> workers = new ArrayList<>();
    private final Ticker sweeps = Ticker.every(BETWEEN_SWEEPS);
    private final RateLimiter rate = RateLimiter.of(500, Duration.ofSeconds(1), 50);
    private final Retry retry = Retry.builder()
            .attempts(4)
            .backOff(Duration.ofMillis(50), Duration.ofSeconds(1))
            .on(IOException.class)
            .build();
    private final Ledger ledger;
    private final Payments payments;

    private Cashier(Ledger ledger, Payments payments) {
        this.ledger = ledger;
        this.payments = payments;
    }

    /** Starts the workers. Must be called by a greenlet. */
    static Cashier start(Ledger ledger, Payments payments) {
        Cashier cashier = new Cashier(ledger, payments);
        for (int i = 0; i < WORKERS; i++) {
            cashier.workers.add(Weft.spawn("cashier " + i, () -> cashier.queue.forEach(cashier::process)));
        }
        cashier.workers.add(Weft.spawn("sweep", () -> cashier.sweeps.run(cashier::sweep)));
        return cashier;
    }

    /** Tells about a new order. Never waits for room. */
    void submit(Order order) {
        queue.trySend(order);
    }

    /** Returns the orders that wait for a worker, at least approximately. */
    Channel<Order> queue() {
        return queue;
    }

    private void process(Order order) {
        if (!underWay.add(order.id())) {
            return; // it was in the channel twice
        }
        try (var id = MDC.putCloseable("order", Long.toString(order.id()))) {
            retry.run(() -> {
                rate.acquire();
                payments.charge(order);
            });
            ledger.markPaid(order.id());
            LOGGER.debug("paid");
        } catch (IOException | SQLException e) {
            LOGGER.warn("not paid yet: {}", e.toString()); // a sweep will find it
        } finally {
            underWay.remove(order.id());
        }
    }

    private void sweep() {
        if (queue.size() > 0) {
            return; // there is enough to do
        }
        try {
            ledger.unpaid(QUEUE).forEach(queue::trySend);
        } catch (SQLException e) {
            LOGGER.warn("cannot look for unpaid orders: {}", e.toString());
        }
    }

    /** Finishes what is queued, but gives up after {@code grace}. The rest is found by the next process. */
    void stop(Duration grace) {
        sweeps.close();
        queue.close();
        if (!Weft.joinAll(workers, grace)) {
            workers.forEach(Greenlet::kill);
        }
    }
}
