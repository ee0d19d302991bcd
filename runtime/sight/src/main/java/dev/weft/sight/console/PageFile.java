package dev.weft.sight.console;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A file of the page: one of ours, or of a library that is on the class path as a webjar. */
final class PageFile {
    private static final Pattern NAME = Pattern.compile("[a-z0-9-]+\\.(html|css|js|svg)");
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    /** The names of libraries' files in the page: the artifact, and the file in it. */
    private static final Map<String, Webjar> LIBRARIES = Map.of(
            "lib/d3.js", new Webjar("d3", "dist/d3.min.js"),
            "lib/uplot.js", new Webjar("uplot", "dist/uPlot.esm.js"),
            "lib/uplot.css", new Webjar("uplot", "dist/uPlot.min.css"));

    private final String type;
    private final byte[] bytes;

    private PageFile(String type, byte[] bytes) {
        this.type = type;
        this.bytes = bytes;
    }

    /** A file in an artifact of the group org.webjars.npm, whose path has the version in it. */
    private record Webjar(String artifact, String file) {
        byte[] bytes() throws IOException, Refused {
            Properties build = new Properties();
            try (InputStream in = open("/META-INF/maven/org.webjars.npm/" + artifact + "/pom.properties")) {
                if (in == null) {
                    throw missing();
                }
                build.load(in);
            }
            String version = build.getProperty("version");
            try (InputStream in = open("/META-INF/resources/webjars/" + artifact + "/" + version + "/" + file)) {
                if (in == null) {
                    throw missing();
                }
                return in.readAllBytes();
            }
        }

        private Refused missing() {
            return new Refused(
                    500,
                    file + " is not on the class path. The console needs the artifact org.webjars.npm:" + artifact
                            + ", on which weft-sight depends: do not exclude it.");
        }
    }

    /** Reads the file of a name, such as {@code main.js}. */
    static PageFile read(String name) throws IOException, Refused {
        String extension = name.substring(name.lastIndexOf('.') + 1);
        Webjar library = LIBRARIES.get(name);
        return new PageFile(TYPES.getOrDefault(extension, ""), library == null ? own(name) : library.bytes());
    }

    /** Returns its content type. */
    String type() {
        return type;
    }

    /** Returns its content, which is not to be changed. */
    byte[] bytes() {
        return bytes;
    }

    private static byte[] own(String name) throws IOException, Refused {
        Matcher matcher = NAME.matcher(name);
        try (InputStream in = matcher.matches() ? PageFile.class.getResourceAsStream(name) : null) {
            if (in == null) {
                throw new Refused(404, "no such file: " + name);
            }
            return in.readAllBytes();
        }
    }

    private static @Nullable InputStream open(String resource) {
        return PageFile.class.getResourceAsStream(resource);
    }
}
