/** Looking into a running program: the {@link dev.weft.sight.Console} in the browser. */
@org.jspecify.annotations.NullMarked
package dev.weft.sight;
