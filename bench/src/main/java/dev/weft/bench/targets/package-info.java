/** The speeds that Weft is to reach, and their measurement. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.targets;
