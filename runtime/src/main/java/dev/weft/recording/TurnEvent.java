package dev.weft.recording;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

@Name("dev.weft.Turn")
@Label("Turn")
@Category({"Weft", "Loops"})
@Description("The work of a loop between two polls: meanwhile it does not look at its sockets")
@Threshold("5 ms")
@StackTrace(false)
final class TurnEvent extends Event {
    @Label("Loop")
    @Nullable String loop;

    @Label("Events")
    @Description("Messages of other threads and timers that were handled")
    int events;

    @Label("Slices")
    @Description("Slices of greenlets that ran")
    int slices;
}
