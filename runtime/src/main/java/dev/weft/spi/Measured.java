package dev.weft.spi;

/** A resource of a known size, for reports. Called on any thread while the loop runs; the values may be slightly stale. */
public interface Measured {
    /** The {@link #capacity} of something without a limit. */
    int UNBOUNDED = Integer.MAX_VALUE;

    /** Returns how much is in it or taken of it: values in a channel, tokens out, places taken. */
    int size();

    /** Returns the most it can be; {@link #UNBOUNDED} if there is no limit. */
    int capacity();
}
