/** The metrics of loops, for Micrometer. */
@org.jspecify.annotations.NullMarked
package dev.weft.metrics;
