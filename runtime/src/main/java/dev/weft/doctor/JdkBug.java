package dev.weft.doctor;

import dev.weft.Doctor.Finding;
import dev.weft.Doctor.Level;
import java.util.List;

/**
 * A JDK bug that affects greenlets, with the versions known to have it. Some vendors ship a fix earlier than the version
 * named here.
 *
 * @param what its effect, starting with its number
 */
record JdkBug(Level level, String what, List<Range> ranges) {
    /** All known bugs; add new ones here. */
    static final List<JdkBug> KNOWN = List.of(
            new JdkBug(
                    Level.WARNING,
                    "JDK-8369227: a virtual thread that parks right after a timed park can miss its wake-up for ever",
                    List.of(
                            new Range("25", "25.0.3", "run JDK 25.0.3 or newer"),
                            new Range("26", "26.0.1", "run JDK 26.0.1 or newer"))),
            new JdkBug(
                    Level.WARNING,
                    "JDK-8373120: a virtual thread can stay BLOCKED for ever at a synchronized block or method",
                    List.of(
                            new Range("25", "25.0.4", "run JDK 25.0.4 or newer"),
                            new Range("26", "26.0.1", "run the newest update of JDK 26"))),
            new JdkBug(
                    Level.NOTE,
                    "JDK-8364343: jcmd Thread.dump_to_file and HotSpotDiagnosticMXBean.dumpThreads can crash a busy JVM",
                    List.of(new Range("25", "26", "in production, use jcmd Thread.print instead"))));

    /**
     * A range of versions that have the bug.
     *
     * @param before the first version that does not have it, or is not known to have it
     */
    record Range(Runtime.Version from, Runtime.Version before, String cure) {
        Range(String from, String before, String cure) {
            this(Runtime.Version.parse(from), Runtime.Version.parse(before), cure);
        }

        boolean contains(Runtime.Version version) {
            return version.compareToIgnoreOptional(from) >= 0 && version.compareToIgnoreOptional(before) < 0;
        }
    }

    /** Returns findings for the bugs of {@code version}. */
    static List<Finding> findings(Runtime.Version version) {
        return KNOWN.stream()
                .flatMap(bug -> bug.ranges.stream()
                        .filter(range -> range.contains(version))
                        .map(range -> new Finding(bug.level, bug.what, range.cure)))
                .toList();
    }
}
