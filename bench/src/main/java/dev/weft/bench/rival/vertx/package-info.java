/** Vert.x. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.rival.vertx;
