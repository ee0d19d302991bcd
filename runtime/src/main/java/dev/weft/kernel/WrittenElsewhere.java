package dev.weft.kernel;

/** A body of ours around one of the user's, whose class tells where it was written. */
interface WrittenElsewhere {
    /** What the user wrote. */
    Object written();
}
