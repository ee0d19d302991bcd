/**
 * What authors of new things to wait for, and of pollers, clocks and listeners, implement or are given: {@link
 * dev.weft.spi.Waiter} and {@link dev.weft.spi.WaitQueue}, {@link dev.weft.spi.Poller}, {@link dev.weft.spi.Clock}, {@link
 * dev.weft.spi.LoopListener}. What they call is in {@link dev.weft.lowlevel.Suspension}.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.spi;
