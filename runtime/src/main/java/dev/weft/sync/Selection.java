package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.spi.Claim;
import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One select: waits for all its clauses and completes with the first that is ready. Confined to the thread of the selecting
 * greenlet.
 *
 * <p>On its own loop, nothing can happen between a clause's completion and the withdrawal of the others. Completions from
 * other loops compete for one claim, which is created on demand. The clause that takes it wins; the others have no completion
 * on its way, so they can always be withdrawn.
 */
final class Selection implements Awaitable<Clause<?, ?>> {
    private final EventClause<?, ?, ?>[] clauses; // the first of them wait, in the order of subscription
    private final @Nullable Otherwise<?, ?> otherwise;
    private final IntUnaryOperator order;
    private int waiting;
    private boolean subscribing;
    private @Nullable EventClause<?, ?, ?> winner;
    private @Nullable Claim claim;
    private @Nullable Waiter<? super Clause<?, ?>> waiter;

    /** {@code order} picks which of the {@code n} remaining clauses is subscribed next: 0 to {@code n - 1}. */
    Selection(EventClause<?, ?, ?>[] clauses, @Nullable Otherwise<?, ?> otherwise, IntUnaryOperator order) {
        this.clauses = clauses;
        this.otherwise = otherwise;
        this.order = order;
    }

    @Override
    public void subscribe(Waiter<? super Clause<?, ?>> subscriber) {
        waiter = subscriber;
        subscribeAll();
        if (winner != null) {
            finish(winner);
        } else if (otherwise != null && withdraw()) {
            subscriber.succeed(otherwise);
        }
    }

    /** Subscribes one clause after the other until one of them is ready. */
    private void subscribeAll() {
        subscribing = true;
        try {
            while (winner == null && waiting < clauses.length && (claim == null || claim.isOpen())) {
                int chosen = waiting + order.applyAsInt(clauses.length - waiting);
                EventClause<?, ?, ?> next = clauses[chosen];
                clauses[chosen] = clauses[waiting];
                clauses[waiting] = next;
                next.begin(this);
                waiting++;
            }
        } catch (RuntimeException | Error e) {
            if (withdraw()) {
                throw e;
            } // otherwise another clause has won, and this failure is dropped
        } finally {
            subscribing = false;
        }
    }

    @Override
    public boolean unsubscribe(Waiter<? super Clause<?, ?>> subscriber) {
        return withdraw();
    }

    /** Withdraws all clauses; returns false if one of them has won on another loop and is now the only one left. */
    private boolean withdraw() {
        int left = 0;
        for (int i = 0; i < waiting; i++) {
            if (!clauses[i].withdraw()) {
                clauses[left++] = clauses[i];
            }
        }
        waiting = left;
        return left == 0;
    }

    /** Returns whether {@code clause}, which is ready, wins the select. */
    boolean isWonBy(EventClause<?, ?, ?> clause) {
        Claim wanted = claim();
        return winner == null && (wanted == null || wanted.isTakenBy(clause) || wanted.tryTake(clause));
    }

    void won(EventClause<?, ?, ?> clause) {
        winner = clause;
        if (!subscribing) {
            finish(clause);
        }
    }

    private void finish(EventClause<?, ?, ?> first) {
        for (int i = 0; i < waiting; i++) {
            if (clauses[i] != first && !clauses[i].withdraw()) {
                throw new IllegalStateException(
                        clauses[i] + " and " + first + " both won: one of them completed without a claim");
            }
        }
        waiting = 0;
        first.over();
        Waiter<? super Clause<?, ?>> subscriber = Objects.requireNonNull(waiter);
        Throwable failure = first.failure();
        if (failure == null) {
            subscriber.succeed(first);
        } else {
            subscriber.fail(failure);
        }
    }

    @Nullable Claim claim() {
        Claim own = claim;
        return own != null || waiter == null ? own : waiter.claim();
    }

    Claim share() {
        if (claim == null) {
            claim = Objects.requireNonNull(waiter).share();
        }
        return claim;
    }

    @Override
    public Owners owners() {
        List<Awaitable<?>> awaited = new ArrayList<>(waiting);
        for (int i = 0; i < waiting; i++) {
            awaited.add(clauses[i].awaited());
        }
        return Owners.first(this, awaited);
    }

    @Override
    public String toString() {
        return "select " + Arrays.toString(clauses);
    }
}
