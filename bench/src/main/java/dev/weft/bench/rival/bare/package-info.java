/** Servers on bare selectors: the limit of {@code java.nio}. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.rival.bare;
