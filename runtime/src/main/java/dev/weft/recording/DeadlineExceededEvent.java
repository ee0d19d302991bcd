package dev.weft.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Throttle;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

@Name("dev.weft.DeadlineExceeded")
@Label("Deadline Exceeded")
@Description("A wait, or a block with a time limit, did not end in time; the stack shows which")
@StackTrace
@Throttle("100/s")
final class DeadlineExceededEvent extends GreenletEvent {
    @Label("Waited For")
    @Nullable String target;

    @Label("Limit")
    @Timespan
    long limit;
}
