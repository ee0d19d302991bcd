package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.spi.Claim;
import dev.weft.spi.Waiter;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One select: waits for all its clauses, and is completed with the one that comes first. Belongs to the thread of the one
 * who selects.
 *
 * <p>On its own loop nothing can come in between a clause's completion and the withdrawal of the others. Completions from
 * other loops compete for one claim, which is made when the first of them wants it. Whoever has it is the winner; the others
 * have nothing on the way, so they are withdrawn without question.
 */
final class Selection implements Awaitable<Clause<?, ?>> {
    private final EventClause<?, ?, ?>[] clauses; // the first of them wait, in the order in which they were asked
    private final @Nullable Otherwise<?, ?> otherwise;
    private final IntUnaryOperator order;
    private int waiting;
    private boolean asking;
    private @Nullable EventClause<?, ?, ?> winner;
    private @Nullable Claim claim;
    private @Nullable Waiter<? super Clause<?, ?>> waiter;

    /** {@code order} says which of the {@code n} that are left is asked next: 0 to {@code n - 1}. */
    Selection(EventClause<?, ?, ?>[] clauses, @Nullable Otherwise<?, ?> otherwise, IntUnaryOperator order) {
        this.clauses = clauses;
        this.otherwise = otherwise;
        this.order = order;
    }

    @Override
    public void subscribe(Waiter<? super Clause<?, ?>> subscriber) {
        waiter = subscriber;
        askAll();
        if (winner != null) {
            finish(winner);
        } else if (otherwise != null && withdraw()) {
            subscriber.succeed(otherwise);
        }
    }

    /** Asks one after the other, until one of them is ready. */
    private void askAll() {
        asking = true;
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
            } // or else another one has won, and this one did not happen
        } finally {
            asking = false;
        }
    }

    @Override
    public boolean unsubscribe(Waiter<? super Clause<?, ?>> subscriber) {
        return withdraw();
    }

    /** Withdraws all clauses. False: one of them has been won elsewhere, and is now the only one. */
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

    /** Whether {@code clause}, which is ready, is the first. */
    boolean isWonBy(EventClause<?, ?, ?> clause) {
        Claim wanted = claim();
        return winner == null && (wanted == null || wanted.isTakenBy(clause) || wanted.tryTake(clause));
    }

    void won(EventClause<?, ?, ?> clause) {
        winner = clause;
        if (!asking) {
            finish(clause);
        }
    }

    private void finish(EventClause<?, ?, ?> first) {
        for (int i = 0; i < waiting; i++) {
            if (clauses[i] != first && !clauses[i].withdraw()) {
                throw new IllegalStateException(
                        clauses[i] + " and " + first + " were both won: one of them gave what it had not claimed");
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
    public String toString() {
        return "select " + Arrays.toString(clauses);
    }
}
