/** What very many greenlets, timers and connections hold in memory while they do nothing. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.scale;
