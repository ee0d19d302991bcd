package dev.weft.time;

import java.time.Duration;

/**
 * One tick of a {@link Ticker}.
 *
 * @param number the number of the tick, from 1
 * @param late how long after its due time it was taken
 * @param missed how many further ticks had become due by then
 */
public record Tick(long number, Duration late, long missed) {}
