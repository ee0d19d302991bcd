package dev.weft.recording;

import dev.weft.kernel.GreenletTask;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** What all events about a greenlet tell. */
@Category({"Weft", "Greenlets"})
@StackTrace(false)
abstract class GreenletEvent extends Event {
    @Label("Greenlet")
    @Description("The name of the greenlet")
    @Nullable String greenlet;

    @Label("Greenlet Number")
    @Description("The number of the greenlet's thread, which is never used again")
    long greenletId;

    @Label("Spawned At")
    @Description("The line that spawned the greenlet")
    @Nullable String spawnSite;

    @Label("Loop")
    @Description("The name of the greenlet's loop")
    @Nullable String loop;

    final void describe(GreenletTask<?> subject) {
        greenlet = subject.name();
        greenletId = subject.thread().threadId();
        spawnSite = subject.spawnSite().toString();
        loop = subject.loop.name();
    }
}
