package dev.weft.bench.rival;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The versions of the libraries that are compared, as the build pins them. */
final class Versions {
    private static final String FILE = "versions.properties";
    private static final Properties ALL = load();

    private Versions() {}

    /** Name and version of the library with this key; for {@code jdk} that of this JVM. */
    static String of(String library) {
        if (library.equals("jdk")) {
            return "JDK " + Runtime.version();
        }
        String version = ALL.getProperty(library);
        if (version == null) {
            throw new IllegalArgumentException("no version of \"" + library + "\" in " + FILE);
        }
        return version;
    }

    private static Properties load() {
        try (InputStream in = Versions.class.getResourceAsStream(FILE)) {
            Properties properties = new Properties();
            properties.load(in);
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
