/**
 * Stackful coroutines without a scheduler: {@link dev.weft.generator.Generator} for sequences that are computed as they are
 * asked for, {@link dev.weft.generator.Coroutine} for values in both directions, {@link
 * dev.weft.generator.SymmetricCoroutine} for explicit switching. They run inside greenlets and outside, and need the flag
 * {@code --add-exports java.base/jdk.internal.vm=ALL-UNNAMED}.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.generator;
