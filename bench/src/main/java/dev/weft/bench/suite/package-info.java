/** What is measured, in which order, and by which processes. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.suite;
