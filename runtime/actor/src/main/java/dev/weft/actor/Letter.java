package dev.weft.actor;

import org.jspecify.annotations.Nullable;

/** A message in a {@link Mailbox}, with the link of the lane that it is in. */
final class Letter<M> {
    final M message;
    final boolean isUrgent;

    @Nullable Letter<M> next;

    private Letter(M message, boolean isUrgent) {
        this.message = message;
        this.isUrgent = isUrgent;
    }

    static <M> Letter<M> ordinary(M message) {
        return new Letter<>(message, false);
    }

    static <M> Letter<M> urgent(M message) {
        return new Letter<>(message, true);
    }
}
