/** The command-line tool. */
@org.jspecify.annotations.NullMarked
package dev.weft.sight.tool;
