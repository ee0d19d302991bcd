package dev.weft.kernel;

/** A wrapper of Weft's around a user's body, whose class tells where it was written. */
interface WrittenElsewhere {
    /** Returns what the user wrote. */
    Object written();
}
