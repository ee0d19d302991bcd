/** The servers under comparison: one program each, behind a common interface, each in its own process. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.rival;
