package dev.weft.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Throttle;
import org.jspecify.annotations.Nullable;

@Name("dev.weft.KillAsked")
@Label("Kill Asked")
@Description("Somebody asked a greenlet to end; the stack shows who")
@StackTrace
@Throttle("100/s")
final class KillAskedEvent extends GreenletEvent {
    @Label("Reason")
    @Nullable String reason;
}
