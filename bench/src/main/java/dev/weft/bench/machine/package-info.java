/** The machine, and the child processes that run on it. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.machine;
