package dev.weft.recording;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

@Name("dev.weft.Hog")
@Label("Hog")
@Category({"Weft", "Loops"})
@Description("Something held a loop for so long that the watchdog noticed; nothing else ran on it meanwhile")
final class HogEvent extends GreenletEvent {
    @Label("What")
    @Description("What held the loop: a greenlet, a callback, a timer, the poller")
    @Nullable String what;

    @Label("Held")
    @Description("For how long, at the time of this event")
    @Timespan
    long held;

    @Label("How")
    @Description("Whether it computed, was in a blocking call, waited with a pinned stack, or loaded classes")
    @Nullable String how;

    @Label("Report")
    @Description("What was logged: the stack, where it was spawned, and what can be done")
    @Nullable String report;
}
