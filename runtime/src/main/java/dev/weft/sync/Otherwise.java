package dev.weft.sync;

import dev.weft.Weft;
import org.jspecify.annotations.Nullable;

/** The clause that is chosen when no other is ready. */
record Otherwise<R extends @Nullable Object, X extends Exception>(Weft.Body<? extends R, ? extends X> body)
        implements Clause<R, X> {}
