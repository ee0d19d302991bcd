/**
 * Child processes whose pipes and exit greenlets can wait for. Start with {@link dev.weft.io.process.ChildProcess}.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.io.process;
