/** Benchmarks of greenlets against threads, bare loops, Netty and Go. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench;
