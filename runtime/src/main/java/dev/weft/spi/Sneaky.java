package dev.weft.spi;

/** Throws checked exceptions as if they were unchecked. */
public final class Sneaky {
    private Sneaky() {}

    /** Throws {@code failure} and never returns; write {@code throw Sneaky.rethrow(t)} for the compiler's sake. */
    public static RuntimeException rethrow(Throwable failure) {
        return Sneaky.<RuntimeException>as(failure);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // erased: the cast never happens
    private static <X extends Throwable> RuntimeException as(Throwable failure) throws X {
        throw (X) failure;
    }
}
