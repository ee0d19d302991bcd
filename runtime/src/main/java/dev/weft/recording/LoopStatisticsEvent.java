package dev.weft.recording;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

@Name("dev.weft.LoopStatistics")
@Label("Loop Statistics")
@Category({"Weft", "Loops"})
@Description("The counters of a loop, since it was opened")
@Period("1 s")
@StackTrace(false)
final class LoopStatisticsEvent extends Event {
    @Label("Loop")
    @Nullable String loop;

    @Label("Alive")
    @Description("Greenlets that have been spawned and have not ended")
    int alive;

    @Label("Ready")
    @Description("Greenlets that could run and do not")
    int ready;

    @Label("Waiting")
    int waiting;

    @Label("Timers")
    int timers;

    @Label("Spawned")
    long spawned;

    @Label("Switches")
    @Description("Switches to a greenlet")
    long switches;

    @Label("Busy")
    @Description("For how long the loop has had something to do")
    @Timespan
    long busy;

    @Label("Idle")
    @Timespan
    long idle;

    @Label("Latency, Median")
    @Description("How long greenlets were ready before they ran, since the event before this one")
    @Timespan
    long latencyMedian;

    @Label("Latency, 99 %")
    @Timespan
    long latency99;

    @Label("Longest Latency")
    @Timespan
    long latencyMax;
}
