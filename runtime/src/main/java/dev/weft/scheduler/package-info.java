/** The turns of a loop: inbox, timers, run queue, poll. Knows of greenlets only that they have slices. Not exported. */
@NullMarked
package dev.weft.scheduler;

import org.jspecify.annotations.NullMarked;
