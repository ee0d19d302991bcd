/** Measurements of what is built on greenlets: owners, supervisors, workers, transactions, components. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.systems;
