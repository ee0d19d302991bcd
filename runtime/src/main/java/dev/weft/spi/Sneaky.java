package dev.weft.spi;

/** Throws what it is given, whatever its kind. */
public final class Sneaky {
    private Sneaky() {}

    /** Never returns; {@code throw Sneaky.rethrow(t)} tells the compiler so. */
    public static RuntimeException rethrow(Throwable failure) {
        return Sneaky.<RuntimeException>as(failure);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // erased: the cast never happens
    private static <X extends Throwable> RuntimeException as(Throwable failure) throws X {
        throw (X) failure;
    }
}
