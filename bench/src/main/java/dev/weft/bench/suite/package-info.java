/** The plan of the measurements, and the processes that execute it. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.suite;
