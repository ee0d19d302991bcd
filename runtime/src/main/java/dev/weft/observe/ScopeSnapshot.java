package dev.weft.observe;

/**
 * A scope that a greenlet has open.
 *
 * @param kind {@code scope}, {@code deadline}, {@code shield} or {@code kill}
 * @param deadlineNanos the time left until its deadline; -1 without one
 * @param children how many children of it have not ended
 */
public record ScopeSnapshot(String kind, long deadlineNanos, int children) {}
