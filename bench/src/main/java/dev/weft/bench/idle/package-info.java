/** Measurements of loops that have nothing to do: how fast they wake up, and what they consume. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.idle;
