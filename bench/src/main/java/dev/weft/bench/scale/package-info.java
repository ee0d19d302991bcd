/** The memory footprint of large numbers of idle greenlets, timers and connections. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.scale;
