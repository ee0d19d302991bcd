/** Blocking calls, made on other threads on behalf of greenlets. Files, processes and standard input use it. Not exported. */
@org.jspecify.annotations.NullMarked
package dev.weft.io.offload;
