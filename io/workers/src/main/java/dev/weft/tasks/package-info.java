/**
 * Tasks that a person can look at while they run: by number and name, with a state, growing output, a kill, and the whole stack of
 * a failure. The registry is {@link dev.weft.tasks.TaskRegistry}, and {@link dev.weft.tasks.TaskInterpreter} is its command line; what
 * the tasks run on is a {@link dev.weft.workers.Workers}.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.tasks;
