/** The turns of a loop: inbox, timers, run queue, poll. Sees greenlets only as tasks with slices. Not exported. */
@NullMarked
package dev.weft.scheduler;

import org.jspecify.annotations.NullMarked;
