package dev.weft.recording;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

@Name("dev.weft.Standstill")
@Label("Standstill")
@Category({"Weft", "Verdicts"})
@Description("All greenlets of a loop wait, and nothing known to the runtime can wake one")
@StackTrace(false)
final class StandstillEvent extends Event {
    @Label("Loop")
    @Nullable String loop;

    @Label("Waiting")
    @Description("How many greenlets wait")
    int waiting;

    @Label("Report")
    @Description("What was logged: which greenlets wait, and for what")
    @Nullable String report;
}
