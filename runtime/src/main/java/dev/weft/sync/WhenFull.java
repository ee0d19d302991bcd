package dev.weft.sync;

/** The policy for a value that is sent to a full channel. */
enum WhenFull {
    /** The sender waits. */
    WAIT,
    /** The oldest value in the buffer is dropped. */
    DROP_OLDEST,
    /** The sent value is dropped. */
    DROP_NEWEST
}
