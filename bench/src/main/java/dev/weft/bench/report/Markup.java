package dev.weft.bench.report;

import java.util.Locale;

/** A builder of HTML and SVG text. Text content and attribute values are escaped. */
final class Markup {
    private final StringBuilder text = new StringBuilder();

    /** Opens an element; {@code attributes} alternates names and values. */
    Markup open(String element, Object... attributes) {
        text.append('<').append(element);
        for (int i = 0; i < attributes.length; i += 2) {
            text.append(' ')
                    .append(attributes[i])
                    .append("=\"")
                    .append(escaped(plain(attributes[i + 1])))
                    .append('"');
        }
        text.append('>');
        return this;
    }

    Markup close(String element) {
        text.append("</").append(element).append('>');
        return this;
    }

    Markup element(String element, String content, Object... attributes) {
        return open(element, attributes).text(content).close(element);
    }

    Markup text(String content) {
        text.append(escaped(content));
        return this;
    }

    Markup markup(Markup other) {
        text.append(other.text);
        return this;
    }

    private static String plain(Object value) {
        return value instanceof Double number ? String.format(Locale.ROOT, "%.1f", number) : value.toString();
    }

    private static String escaped(String plain) {
        return plain.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
