/** The load generator: one thread that keeps many connections busy, and is as light as can be. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.load;
