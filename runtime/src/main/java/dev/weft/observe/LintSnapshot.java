package dev.weft.observe;

/**
 * A sign of trouble in a program that goes on.
 *
 * @param kind which of the lints it is
 * @param subject what it is about: a loop, a greenlet, a channel
 * @param text what was seen, in a sentence
 * @param cure what can be done
 * @param greenlet the number of the greenlet it is about; 0 if it is about none
 * @param loop the name of the loop; empty if it is about none
 * @param site the place in the code, such as a spawn site; empty if unknown
 * @param sinceNanos for how long it has been so
 */
public record LintSnapshot(
        String kind,
        String subject,
        String text,
        String cure,
        long greenlet,
        String loop,
        String site,
        long sinceNanos) {}
