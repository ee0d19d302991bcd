package dev.weft.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Properties;

/** The media types of files by their extensions, from {@code content-types.properties}. */
final class ContentTypes {
    private static final String UNKNOWN = "application/octet-stream";
    private static final Properties TYPES = load();

    private ContentTypes() {}

    private static Properties load() {
        try (InputStream in = ContentTypes.class.getResourceAsStream("content-types.properties")) {
            Properties types = new Properties();
            types.load(in);
            return types;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read content-types.properties", e);
        }
    }

    static String of(Path file) {
        String name = file.toString();
        String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return TYPES.getProperty(extension, UNKNOWN);
    }
}
