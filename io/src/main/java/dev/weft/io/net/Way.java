package dev.weft.io.net;

/** The two directions of a socket. */
enum Way {
    /** Reading, accepting. */
    IN,
    /** Connecting, writing. */
    OUT
}
