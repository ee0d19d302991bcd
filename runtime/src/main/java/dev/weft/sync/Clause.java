package dev.weft.sync;

import org.jspecify.annotations.Nullable;

/**
 * An event that a select waits for, with a handler; created by {@link Select}. It may be reused once the select has ended.
 *
 * @param <R> the result of the handler
 * @param <X> the exception that the handler may throw
 */
public sealed interface Clause<R extends @Nullable Object, X extends Exception> permits EventClause, Otherwise {}
