/** What very many of something cost that do nothing or little: memory, collector pauses; and how long a start takes. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.scale;
