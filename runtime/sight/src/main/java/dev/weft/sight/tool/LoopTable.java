package dev.weft.sight.tool;

import dev.weft.observe.LoopSnapshot;
import java.util.List;

/** The loops of a group, as {@code ps} shows them. */
final class LoopTable {
    private LoopTable() {}

    static Table of(List<LoopSnapshot> loops) {
        Table table = new Table("LOOP", "STATE", ">GREENLETS", ">READY", ">TIMERS", ">LONGEST SLICE", "RUNNING");
        for (LoopSnapshot loop : loops) {
            table.row(
                    loop.name(),
                    loop.state(),
                    Text.count(loop.statistics().alive()),
                    Text.count(loop.statistics().ready()),
                    Text.count(loop.statistics().timers()),
                    Text.duration(loop.statistics().longestSlice().toNanos()),
                    running(loop));
        }
        return table;
    }

    /** Returns which greenlet runs, and for how long it has held the loop. */
    static String running(LoopSnapshot loop) {
        if (loop.running() == 0) {
            return "";
        }
        String name = loop.runningName() + " (" + loop.running() + ")";
        return loop.heldNanos() == 0 ? name : name + " for " + Text.duration(loop.heldNanos());
    }
}
