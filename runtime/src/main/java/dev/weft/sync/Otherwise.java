package dev.weft.sync;

import dev.weft.CheckedCallable;
import org.jspecify.annotations.Nullable;

/** The clause that is chosen if no other is ready. */
record Otherwise<R extends @Nullable Object, X extends Exception>(CheckedCallable<? extends R, ? extends X> body)
        implements Clause<R, X> {}
