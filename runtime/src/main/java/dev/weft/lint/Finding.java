package dev.weft.lint;

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
        long lastingNanos) {}
