/**
 * Files for greenlets: the operations of {@link java.nio.file.Files}, off-loaded in bounded numbers, so that a loop
 * never waits for a disk. Begin with {@link dev.weft.io.file.Files}.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.io.file;
