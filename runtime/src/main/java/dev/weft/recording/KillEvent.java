package dev.weft.recording;

import dev.weft.kernel.GreenletTask;
import dev.weft.kernel.LoopRecorder;
import java.util.Locale;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

@Name("dev.weft.Kill")
@Label("Kill")
@Description("A greenlet has ended after it was killed; the time is what it took")
final class KillEvent extends GreenletEvent implements LoopRecorder.Span {
    private final transient GreenletTask<?> killed;

    @Label("Reason")
    @Nullable String reason;

    @Label("Ended")
    @Description("How the greenlet ended: cancelled, or returned or failed nevertheless")
    @Nullable String ended;

    KillEvent(GreenletTask<?> killed) {
        this.killed = killed;
    }

    @Override
    public void finish() {
        ended = killed.state().toString().toLowerCase(Locale.ROOT);
        commit();
    }
}
