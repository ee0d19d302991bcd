/** Netty's event loops. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.rival.netty;
