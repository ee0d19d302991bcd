/** The machine, and the processes that are started on it. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.machine;
