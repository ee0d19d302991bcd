/** Greenlets against threads and bare loops. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench;
