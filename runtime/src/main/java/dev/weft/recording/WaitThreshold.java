package dev.weft.recording;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.jfr.SettingControl;

/**
 * The shortest wait that is recorded, as a setting of {@link WaitEvent}. The JDK's own threshold is for events that are open for
 * as long as they last, which would take an object for each waiting greenlet.
 */
final class WaitThreshold extends SettingControl {
    private static final String DEFAULT = "20 ms";
    private static final Pattern DURATION = Pattern.compile("\\s*(\\d{1,18})\\s*(ns|us|ms|s|m)\\s*");
    private static final Map<String, TimeUnit> UNITS = Map.of(
            "us", TimeUnit.MICROSECONDS,
            "ms", TimeUnit.MILLISECONDS,
            "s", TimeUnit.SECONDS,
            "m", TimeUnit.MINUTES);

    private String value = DEFAULT;
    private volatile long nanos = nanosOf(DEFAULT);

    long nanos() {
        return nanos;
    }

    /** Of several recordings, the one that wants the shortest waits decides. */
    @Override
    public String combine(Set<String> values) {
        String shortest = "";
        for (String each : values) {
            if (shortest.isEmpty() || nanosOf(each) < nanosOf(shortest)) {
                shortest = each;
            }
        }
        return shortest.isEmpty() ? DEFAULT : shortest;
    }

    @Override
    public void setValue(String newValue) {
        nanos = nanosOf(newValue);
        value = newValue;
    }

    @Override
    public String getValue() {
        return value;
    }

    private static long nanosOf(String value) {
        Matcher parts = DURATION.matcher(value);
        if (!parts.matches()) {
            throw new IllegalArgumentException("a duration such as \"20 ms\" was expected: \"" + value + "\"");
        }
        return UNITS.getOrDefault(parts.group(2), TimeUnit.NANOSECONDS).toNanos(Long.parseLong(parts.group(1)));
    }
}
