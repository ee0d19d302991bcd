package dev.weft.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.SettingDefinition;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

@Name("dev.weft.BackPressure")
@Label("Back-pressure")
@Description("A greenlet has waited because what it writes to was full: the reader is slower")
final class BackPressureEvent extends GreenletEvent {
    @Label("Waited")
    @Description("How long it has waited; the event itself is at the end of the wait")
    @Timespan
    long waited;

    @Label("Full")
    @Description("What was full: a channel, or the buffer of a socket")
    @Nullable String full;

    @SettingDefinition
    @Label("Longer Than")
    @Description("Records only waits that are at least this long, such as 20 ms")
    boolean longerThan(WaitThreshold least) {
        return waited >= least.nanos();
    }
}
