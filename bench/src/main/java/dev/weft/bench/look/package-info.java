/** Measurements of looks into a running program: how long they take, and what its greenlets notice. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.look;
