package dev.weft.doctor;

import dev.weft.Doctor.Finding;
import dev.weft.Doctor.Level;
import java.util.ArrayList;
import java.util.List;

/** Checks the JVM: its version, known bugs, build and configuration. */
public final class JvmCheck {
    private static final int TESTED = 25;

    private JvmCheck() {}

    /** Returns the findings. */
    public static List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        findings.add(build(Runtime.version(), System.getProperty("java.vm.name")));
        findings.addAll(JdkBug.findings(Runtime.version()));
        findings.add(continuations());
        if (System.getProperty("java.vm.info", "").contains("interpreted")) {
            findings.add(new Finding(
                    Level.NOTE,
                    "interpreter: nothing is compiled, and each switch takes the JDK's slow path",
                    "omit -Xint"));
        }
        findings.add(collector(JvmArguments.collector()));
        return findings;
    }

    static Finding build(Runtime.Version version, String machine) {
        String what = "JDK: " + System.getProperty("java.vendor") + " " + version + ", " + machine + ", "
                + System.getProperty("os.name") + " " + System.getProperty("os.arch");
        if (machine.contains("OpenJ9")) {
            return new Finding(Level.NOTE, what, "Weft is tested with HotSpot only");
        }
        return version.feature() == TESTED
                ? new Finding(Level.OK, what, "")
                : new Finding(Level.NOTE, what, "Weft is tested with JDK " + TESTED + " only");
    }

    private static Finding continuations() {
        // Without continuations, the JDK creates virtual threads of another class.
        Thread thread = Thread.ofVirtual().unstarted(() -> {});
        return thread.getClass().getName().equals("java.lang.VirtualThread")
                ? new Finding(Level.OK, "continuations: the JVM has them", "")
                : new Finding(
                        Level.FAULT,
                        "continuations: this JVM has none",
                        "omit -XX:-VMContinuations if given; otherwise use a HotSpot JDK 25 on 64-bit x86 or ARM");
    }

    /** Returns a finding for the garbage collector called {@code name}, which is empty if unknown. */
    static Finding collector(String name) {
        if (name.isEmpty()) {
            return new Finding(
                    Level.NOTE, "collector: unknown, as this JVM has no module java.management", "add it to the image");
        }
        if (name.equals("ZGC")) {
            return new Finding(Level.OK, "collector: ZGC", "");
        }
        return new Finding(
                Level.NOTE,
                "collector: " + name + "; with a million parked greenlets, pauses take a tenth of a second or more",
                "for very many greenlets on two cores or more, use -XX:+UseZGC");
    }
}
