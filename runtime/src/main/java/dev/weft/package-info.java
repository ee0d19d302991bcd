/**
 * The API for everyday use: {@link dev.weft.Weft}, {@link dev.weft.Greenlet}, {@link dev.weft.Loop} and {@link
 * dev.weft.LoopGroup}.
 */
@org.jspecify.annotations.NullMarked
package dev.weft;
