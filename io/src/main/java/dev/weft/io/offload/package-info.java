/** Blocking calls, made on other threads on behalf of greenlets. Used by files, processes and standard input. Not exported. */
@org.jspecify.annotations.NullMarked
package dev.weft.io.offload;
