package dev.weft.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.SettingDefinition;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

@Name("dev.weft.Wait")
@Label("Wait")
@Description("A greenlet has waited for something, and runs again. The time is exact to about a millisecond")
final class WaitEvent extends GreenletEvent {
    @Label("Waited")
    @Description("How long it has waited; the event itself is at the end of the wait")
    @Timespan
    long waited;

    @Label("Waited For")
    @Nullable String target;

    @Label("Kind")
    @Description("What kind of thing that is, such as a channel, a socket, a limiter")
    @Nullable String kind;

    @SettingDefinition
    @Label("Longer Than")
    @Description("Records only waits that are at least this long, such as 20 ms")
    boolean longerThan(WaitThreshold least) {
        return waited >= least.nanos();
    }
}
