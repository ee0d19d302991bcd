/**
 * Pools of workers that are greenlets, threads, processes or nodes of a cluster: {@link dev.weft.workers.Workers}. Which of them is
 * chosen by one word; the program stays the same.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.workers;
