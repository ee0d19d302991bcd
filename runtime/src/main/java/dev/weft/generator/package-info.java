/**
 * Stackful coroutines without a scheduler: {@link dev.weft.generator.Generator} for sequences computed on demand, {@link
 * dev.weft.generator.Coroutine} for values in both directions, {@link dev.weft.generator.SymmetricCoroutine} for explicit
 * switching. They run inside and outside greenlets, and need the flag {@code --add-exports
 * java.base/jdk.internal.vm=ALL-UNNAMED}.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.generator;
