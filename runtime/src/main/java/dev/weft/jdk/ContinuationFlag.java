package dev.weft.jdk;

import dev.weft.MissingFlag;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether this JVM gives access to its continuations. Must be called before {@link CoroutineStack} is loaded, which
 * otherwise fails with a bare {@code IllegalAccessError}.
 */
public final class ContinuationFlag {
    private static final String PACKAGE = "jdk.internal.vm";
    private static final boolean EXPORTED =
            Object.class.getModule().isExported(PACKAGE, ContinuationFlag.class.getModule());

    private ContinuationFlag() {}

    /** Throws an exception that names the remedy, if there is no access. */
    public static void require() {
        if (!EXPORTED) {
            throw missing("Generators", "exports", null);
        }
    }

    /** Creates the exception for {@code what}, which needs the package exported or opened, as {@code kind} says. */
    static MissingFlag missing(String what, String kind, @Nullable Throwable cause) {
        Module module = ContinuationFlag.class.getModule();
        String target = "java.base/" + PACKAGE;
        String flag = "--add-" + kind + " " + target + "=" + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
        String attribute = kind.equals("exports") ? "Add-Exports" : "Add-Opens";
        return new MissingFlag(
                what + " of Weft need the flag " + flag + ", besides the one for greenlets (Java 25 or newer; this is "
                        + Runtime.version() + ").\n"
                        + "Pass it to java on the command line or, for java -jar, add \"" + attribute + ": " + target
                        + "\" to the jar's manifest.\n"
                        + "Tests: <argLine>" + flag + "</argLine> in Surefire, @Fork(jvmArgsAppend = {\""
                        + flag.replace(" ", "\", \"") + "\"}) in JMH.",
                cause);
    }
}
