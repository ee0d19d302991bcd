package dev.weft.jdk;

import dev.weft.MissingFlag;
import org.jspecify.annotations.Nullable;

/**
 * Whether this JVM lets us at its continuations. Asked before {@link CoroutineStack} is loaded, which fails with a bare
 * {@code IllegalAccessError} otherwise.
 */
public final class ContinuationFlag {
    private static final String PACKAGE = "jdk.internal.vm";
    private static final boolean EXPORTED =
            Object.class.getModule().isExported(PACKAGE, ContinuationFlag.class.getModule());

    private ContinuationFlag() {}

    /** Throws with the cure, if it does not. */
    public static void require() {
        if (!EXPORTED) {
            throw missing("Generators", "exports", null);
        }
    }

    /** The error for {@code what}, which needs the package exported or opened: {@code kind}. */
    static MissingFlag missing(String what, String kind, @Nullable Throwable cause) {
        Module module = ContinuationFlag.class.getModule();
        String target = "java.base/" + PACKAGE;
        String flag = "--add-" + kind + " " + target + "=" + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
        String attribute = kind.equals("exports") ? "Add-Exports" : "Add-Opens";
        return new MissingFlag(
                what + " of Weft need the flag " + flag + ", besides the one for greenlets (Java 25 or newer; this is "
                        + Runtime.version() + ").\n"
                        + "Give it to java on the command line; or, for java -jar, put \"" + attribute + ": " + target
                        + "\" into the jar's manifest.\n"
                        + "Tests: <argLine>" + flag + "</argLine> in Surefire, @Fork(jvmArgsAppend = {\""
                        + flag.replace(" ", "\", \"") + "\"}) in JMH.",
                cause);
    }
}
