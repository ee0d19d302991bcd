package dev.weft.launch;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.util.Enumeration;
import java.util.jar.Manifest;

/**
 * A {@code Main-Class} that reports what is missing when run on a Java older than 25, instead of failing with {@code
 * UnsupportedClassVersionError}. It is compiled for Java 8 and runs the class that the manifest names in {@code
 * Weft-Main}:
 *
 * <pre>
 * Main-Class: dev.weft.launch.Launcher
 * Weft-Main: com.example.Server
 * Add-Opens: java.base/java.lang
 * Add-Exports: java.base/jdk.internal.vm
 * </pre>
 *
 * <p>The last line is needed for generators only.
 *
 * <p>On an older Java it prints three lines to standard error and exits with status 1.
 */
public final class Launcher {
    private static final int REQUIRED_JAVA = 25;

    private Launcher() {}

    /** Checks the Java version, then hands {@code args} to the {@code main} of the class named {@code Weft-Main}. */
    public static void main(String[] args) throws Throwable {
        if (feature() < REQUIRED_JAVA) {
            System.err.println("Weft needs Java 25 or newer, and this is Java " + System.getProperty("java.version")
                    + " (" + System.getProperty("java.home") + ").");
            System.err.println("Install a JDK 25 and start the program with it: /path/to/jdk-25/bin/java -jar ...");
            System.err.println("Builds with Maven find an installed JDK 25 by themselves, through toolchains.");
            System.exit(1);
        }
        Method main = Class.forName(target()).getMethod("main", String[].class);
        try {
            main.invoke(null, (Object) args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static int feature() {
        String version = System.getProperty("java.specification.version");
        return Integer.parseInt(version.startsWith("1.") ? version.substring(2) : version);
    }

    private static String target() throws IOException {
        Enumeration<URL> manifests = Launcher.class.getClassLoader().getResources("META-INF/MANIFEST.MF");
        while (manifests.hasMoreElements()) {
            try (InputStream in = manifests.nextElement().openStream()) {
                String target = new Manifest(in).getMainAttributes().getValue("Weft-Main");
                if (target != null) {
                    return target;
                }
            }
        }
        throw new IllegalStateException("no manifest names the class to run: add the line \"Weft-Main: your.Main\"");
    }
}
