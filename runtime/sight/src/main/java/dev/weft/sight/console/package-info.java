/** The server behind {@link dev.weft.sight.Console}, and its page. */
@org.jspecify.annotations.NullMarked
package dev.weft.sight.console;
