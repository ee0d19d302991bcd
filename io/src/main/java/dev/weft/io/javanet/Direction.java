package dev.weft.io.javanet;

/** The two directions of a socket. */
enum Direction {
    /** Reading and accepting. */
    IN,
    /** Connecting and writing. */
    OUT
}
