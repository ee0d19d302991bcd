package dev.weft.recording;

import dev.weft.Loop;
import dev.weft.diagnostics.Watchdog;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Connects the loops of a group with the JDK's flight recorder, on the watchdog's thread: so the start of the group does not
 * wait for the classes that it takes. Does nothing if the program runs without the module {@code jdk.jfr}.
 */
public final class FlightRecording implements Watchdog.Probe {
    private final List<? extends Loop> loops;
    private @Nullable RecorderLink link;
    private boolean tried;

    public FlightRecording(List<? extends Loop> loops) {
        this.loops = loops;
    }

    /** Makes the connection the first time it is called. */
    @Override
    public void look(long nowNanos) {
        if (!tried) {
            tried = true;
            if (ModuleLayer.boot().findModule("jdk.jfr").isPresent()) {
                link = RecorderLink.open(loops);
            }
        }
    }

    @Override
    public void close() {
        if (link != null) {
            link.close();
        }
    }
}
