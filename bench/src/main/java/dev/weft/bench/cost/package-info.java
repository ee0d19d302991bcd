/** JMH benchmarks, one class per cost. The carrier is a parameter, so all kinds of task run the same code. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.cost;
