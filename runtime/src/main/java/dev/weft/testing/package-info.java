/** Support for deterministic tests of greenlets: a stepped loop, a manual clock, seeded schedules, leak checks. */
@org.jspecify.annotations.NullMarked
package dev.weft.testing;
