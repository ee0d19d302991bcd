package dev.weft.spi;

/** Whether the code shows that it may yield the loop. */
public enum YieldMode {
    /** It does not: it is in code that is unaware of Weft, or in a call that does not look as if it waits. */
    IMPLICIT,
    /** It does, by calling a method of Weft's. */
    EXPLICIT
}
