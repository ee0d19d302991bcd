package dev.weft.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

@Name("dev.weft.Pinned")
@Label("Pinned")
@Description(
        "A greenlet waited with its stack pinned by a native frame or a class initialiser, and so blocked its loop")
@StackTrace
final class PinnedEvent extends GreenletEvent {
    @Label("Waited For")
    @Nullable String target;
}
