package dev.weft.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Throttle;
import org.jspecify.annotations.Nullable;

@Name("dev.weft.ImplicitYield")
@Label("Implicit Yield")
@Description("A greenlet yielded its loop inside the JDK or a library, where the code does not say so; a sample")
@Throttle("20/s")
final class ImplicitYieldEvent extends GreenletEvent {
    @Label("Yielded At")
    @Description("The innermost line that is neither the JDK's nor Weft's")
    @Nullable String place;
}
