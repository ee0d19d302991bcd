package dev.weft.io.javanet;

/** The two directions of a socket. */
enum Direction {
    /** Reading, accepting. */
    IN,
    /** Connecting, writing. */
    OUT
}
