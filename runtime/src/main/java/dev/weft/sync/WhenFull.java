package dev.weft.sync;

/** What becomes of a value that is sent to a full channel. */
enum WhenFull {
    /** The sender waits. */
    WAIT,
    /** It takes the place of the one that has been there longest. */
    DROP_OLDEST,
    /** It is dropped. */
    DROP_NEWEST
}
