package dev.weft.recording;

import java.util.Set;
import jdk.jfr.SettingControl;

/** The directory for dumps, as a setting of {@link DumpEvent}; the working directory if empty. */
final class DirectorySetting extends SettingControl {
    private volatile String value = "";

    /** Of several recordings, one that names a directory decides. */
    @Override
    public String combine(Set<String> values) {
        return values.stream()
                .filter(each -> !each.isEmpty())
                .sorted()
                .findFirst()
                .orElse("");
    }

    @Override
    public void setValue(String newValue) {
        value = newValue;
    }

    @Override
    public String getValue() {
        return value;
    }
}
