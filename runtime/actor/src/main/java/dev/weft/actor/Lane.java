package dev.weft.actor;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one urgency, in the order of their arrival. A receive looks at each of them once: it rewinds the lane, and goes
 * on where it stopped after it has waited for more. Confined to the home's thread.
 */
final class Lane<M> {
    private @Nullable Letter<M> first;
    private @Nullable Letter<M> last;
    private @Nullable Letter<M> scanned; // the last one that the present receive has looked at and left
    private long scans;

    void add(Letter<M> letter) {
        if (last == null) {
            first = letter;
        } else {
            last.next = letter;
        }
        last = letter;
    }

    void rewind() {
        scanned = null;
    }

    /** Removes the next message that is {@code wanted}, from where the present receive has stopped; null if there is none. */
    @Nullable M next(Predicate<? super M> wanted) {
        Letter<M> next;
        while ((next = scanned == null ? first : scanned.next) != null) {
            scans++;
            if (wanted.test(next.message)) {
                remove(next, scanned);
                return next.message;
            }
            scanned = next;
        }
        return null;
    }

    /** Removes the first message; null if there is none. */
    @Nullable M poll() {
        Letter<M> oldest = first;
        if (oldest == null) {
            return null;
        }
        if (scanned == oldest) {
            scanned = null;
        }
        remove(oldest, null);
        return oldest.message;
    }

    private void remove(Letter<M> letter, @Nullable Letter<M> before) {
        if (before == null) {
            first = letter.next;
        } else {
            before.next = letter.next;
        }
        if (last == letter) {
            last = before;
        }
    }

    boolean isEmpty() {
        return first == null;
    }

    /** Returns how many messages receives have looked at. */
    long scans() {
        return scans;
    }
}
