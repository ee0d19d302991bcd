package dev.weft.recording;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

@Name("dev.weft.RecordedLoop")
@Label("Recorded Loop")
@Category({"Weft", "Loops"})
@Description(
        "A loop is being recorded; repeated after events of its greenlets, as the JDK may lose the event that follows them")
@StackTrace(false)
final class RecordedLoopEvent extends Event {
    @Label("Loop")
    @Nullable String loop;
}
