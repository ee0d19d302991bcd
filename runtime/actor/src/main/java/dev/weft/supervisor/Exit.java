package dev.weft.supervisor;

import dev.weft.Greenlet;
import dev.weft.Outcome;
import java.util.Optional;

/**
 * The end of a greenlet, as one that is linked to it or monitors it is told (Erlang's {@code EXIT} and {@code DOWN} messages).
 *
 * @param greenlet the greenlet that has ended
 * @param outcome how it ended: the exit reason
 */
public record Exit(Greenlet<?> greenlet, Outcome<?> outcome) {

    static Exit of(Greenlet<?> ended) {
        return new Exit(ended, ended.outcome());
    }

    /** Returns whether its body returned. */
    public boolean isNormal() {
        return outcome instanceof Outcome.Returned;
    }

    /** Returns what it failed with, or the {@link dev.weft.Cancelled} that ended it; empty if it returned. */
    public Optional<Throwable> reason() {
        return reason(outcome);
    }

    static Optional<Throwable> reason(Outcome<?> outcome) {
        return switch (outcome) {
            case Outcome.Returned<?> returned -> Optional.empty();
            case Outcome.Failed<?> failed -> Optional.of(failed.failure());
            case Outcome.Cancelled<?> cancelled -> Optional.of(cancelled.cause());
        };
    }
}
