/** Futures over asynchronous channels. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.rival.futures;
