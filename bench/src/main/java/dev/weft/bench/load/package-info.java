/** The load generator: a single lightweight thread that keeps many connections busy. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.load;
