/**
 * Recurring work and repeated attempts. Both follow the loop's clock, so they work on the manual clock of a {@link
 * dev.weft.testing.SteppedLoop}.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.time;
