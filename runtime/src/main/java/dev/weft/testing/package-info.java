/** Deterministic tests of code that runs on greenlets: a stepped loop, a manual clock, seeded orders, leak checks. */
@org.jspecify.annotations.NullMarked
package dev.weft.testing;
