/**
 * Child processes whose pipes and whose end greenlets can wait for. Begin with {@link dev.weft.io.process.ChildProcess}.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.io.process;
