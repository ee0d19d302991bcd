/** Servers on Netty. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.rival.netty;
