/**
 * For authors of blocking calls: {@link dev.weft.lowlevel.Suspension} is the one seam through which every wait of every
 * greenlet goes. The types that it works with are in {@code dev.weft.spi}.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.lowlevel;
