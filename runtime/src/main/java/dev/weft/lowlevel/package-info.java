/**
 * For authors of new things that can be waited for: the one suspension seam ({@link dev.weft.lowlevel.Waiter}, {@link
 * dev.weft.lowlevel.WaitQueue}, {@link dev.weft.lowlevel.Suspension}), and what a loop is built on ({@link
 * dev.weft.lowlevel.Poller}, {@link dev.weft.lowlevel.Clock}).
 */
@org.jspecify.annotations.NullMarked
package dev.weft.lowlevel;
