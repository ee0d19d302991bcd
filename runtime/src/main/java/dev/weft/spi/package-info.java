/**
 * The types that authors of awaitables, pollers, clocks and listeners implement or use: {@link dev.weft.spi.Waiter} and
 * {@link dev.weft.spi.WaitQueue}, {@link dev.weft.spi.Poller}, {@link dev.weft.spi.Clock}, {@link
 * dev.weft.spi.LoopListener}. The methods they call are in {@link dev.weft.lowlevel.Suspension}.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.spi;
