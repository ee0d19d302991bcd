package dev.weft.io;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A JVM that may open only a few descriptors, for a program of the tests. Its class path is short, as each jar takes one. */
public final class JvmWithFewDescriptors {
    private static final Pattern LIBRARY = Pattern.compile("\\.jar$");
    private static final Pattern NEEDED_LIBRARY = Pattern.compile("(weft-runtime|agrona|jctools|junit)[^/]*\\.jar$");

    private JvmWithFewDescriptors() {}

    /** Prepares a run of {@code program} with {@code limit} descriptors. */
    public static ProcessBuilder of(Class<?> program, int limit) {
        return new ProcessBuilder(List.of(
                "bash",
                "-c",
                "ulimit -n " + limit + "; exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "--add-opens",
                "java.base/java.lang=ALL-UNNAMED",
                "-cp",
                classPath(),
                program.getName()));
    }

    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !LIBRARY.matcher(entry).find()
                        || NEEDED_LIBRARY.matcher(entry).find())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
