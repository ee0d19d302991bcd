package dev.weft.lint;

import dev.weft.kernel.GreenletTask;
import org.jspecify.annotations.Nullable;

/**
 * A sign of trouble.
 *
 * @param kind the lint that has found it
 * @param subject what it is about: a loop, a greenlet, a spawn site, a channel
 * @param text what was seen, in a sentence
 * @param cure what can be done
 * @param greenlet the number of the greenlet it is about; 0 if it is about none
 * @param loop the name of the loop; empty if it is about none
 * @param site the place in the code; empty if unknown
 * @param lastingNanos for how long it has been so
 */
public record Finding(
        String kind,
        String subject,
        String text,
        String cure,
        long greenlet,
        String loop,
        String site,
        long lastingNanos) {
    /** Returns a finding that is about no greenlet. */
    static Finding of(String kind, String subject, String text, String cure, long lastingNanos) {
        return new Finding(kind, subject, text, cure, 0, "", "", lastingNanos);
    }

    /** Returns this finding with the name of the loop that it is about. */
    Finding on(String loopName) {
        return new Finding(kind, subject, text, cure, greenlet, loopName, site, lastingNanos);
    }

    /** Returns this finding with the greenlet that it is about; with none if {@code suspect} is null. */
    Finding about(@Nullable GreenletTask<?> suspect) {
        return suspect == null
                ? this
                : new Finding(
                        kind,
                        subject,
                        text,
                        cure,
                        suspect.id(),
                        suspect.loop.name(),
                        suspect.spawnSite().toString(),
                        lastingNanos);
    }
}
