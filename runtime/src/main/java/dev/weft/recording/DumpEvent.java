package dev.weft.recording;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.SettingDefinition;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

@Name("dev.weft.Dump")
@Label("Dump")
@Category({"Weft", "Recording"})
@Description(
        "The last seconds of the recording were written to a file, because something went wrong. While it is enabled, that happens for a hog, a verdict, a standstill and a burst of exceeded deadlines, once a minute at most")
@Enabled(false)
@StackTrace(false)
final class DumpEvent extends Event {
    @Label("Reason")
    @Nullable String reason;

    @Label("File")
    @Nullable String file;

    /** Where files are written, as set by the recording. */
    transient @Nullable String directory;

    @SettingDefinition
    @Label("Directory")
    @Description("The directory of the files; that of the process if empty")
    boolean directory(DirectorySetting setting) {
        directory = setting.getValue();
        return true;
    }
}
