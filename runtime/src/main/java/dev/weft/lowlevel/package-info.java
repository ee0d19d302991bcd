/**
 * For authors of blocking calls: every wait of every greenlet goes through {@link dev.weft.lowlevel.Suspension}. The types it
 * works with are in {@code dev.weft.spi}.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.lowlevel;
