package dev.weft.sync;

import org.jspecify.annotations.Nullable;

/**
 * One of the things that a select waits for, and what is to be done then; made by {@link Select}. It may be used again once
 * the select has ended.
 *
 * @param <R> what its handler gives
 * @param <X> what its handler may throw
 */
public sealed interface Clause<R extends @Nullable Object, X extends Exception> permits EventClause, Otherwise {}
