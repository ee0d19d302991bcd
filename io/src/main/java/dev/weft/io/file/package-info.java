/**
 * File operations for greenlets: those of {@link java.nio.file.Files}, off-loaded with a limit on concurrent calls, so that a
 * loop never waits for a disk. Start with {@link dev.weft.io.file.Files}.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.io.file;
