/** JMH benchmarks, one class a cost; the carrier is a parameter of the same code. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.cost;
