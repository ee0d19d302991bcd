/** How files, processes and standard streams reach calls that block. Not exported. */
@org.jspecify.annotations.NullMarked
package dev.weft.io.blocking;
