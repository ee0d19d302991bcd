package dev.weft.spi;

/** How the code says that it may give up its loop. */
public enum YieldMode {
    /** It does not: it is inside code that knows nothing of Weft, or in a call that looks as if it did not wait. */
    IMPLICIT,
    /** By the call of Weft's that it makes. */
    EXPLICIT
}
