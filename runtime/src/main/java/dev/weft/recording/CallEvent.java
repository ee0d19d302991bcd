package dev.weft.recording;

import dev.weft.kernel.LoopRecorder;
import jdk.jfr.Label;
import org.jspecify.annotations.Nullable;

/** What the events about an off-loaded call tell. */
abstract class CallEvent extends GreenletEvent implements LoopRecorder.Span {
    @Label("Call")
    @Nullable String call;

    @Label("Pool")
    @Nullable String pool;

    @Override
    public final void finish() {
        commit();
    }
}
