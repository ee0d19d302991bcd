package dev.weft.recording;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

@Name("dev.weft.Verdict")
@Label("Verdict")
@Category({"Weft", "Verdicts"})
@Description("Greenlets can never proceed, although the rest of the program may")
@StackTrace(false)
final class VerdictEvent extends Event {
    @Label("Kind")
    @Description("How certain it is: certain or presumed")
    @Nullable String kind;

    @Label("Greenlets")
    @Description("How many are stuck")
    int greenlets;

    @Label("Report")
    @Description("What was logged: who waits for whom, where, and what can be done")
    @Nullable String report;
}
