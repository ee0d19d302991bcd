package dev.weft.recording;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Throttle;
import org.jspecify.annotations.Nullable;

@Name("dev.weft.AcceptLimit")
@Label("Accept Limit")
@Category({"Weft", "Loops"})
@Description("A server has as many connections as it may have, and accepts none until one has ended")
@StackTrace(false)
@Throttle("10/s")
final class AcceptLimitEvent extends Event {
    @Label("Loop")
    @Nullable String loop;

    @Label("Server")
    @Nullable String server;

    @Label("Limit")
    @Description("How many connections it may have")
    int limit;
}
