package dev.weft.http;

/** The characters of names, values and targets (RFC 9110, section 5; RFC 9112, section 3.2). */
final class FieldSyntax {
    private static final boolean[] TOKEN = new boolean[128];

    static {
        for (char c = '0'; c <= 'z'; c++) {
            TOKEN[c] = c <= '9' || (c >= 'A' && c <= 'Z') || c >= 'a';
        }
        for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
            TOKEN[c] = true;
        }
    }

    private FieldSyntax() {}

    static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 128 || !TOKEN[c]) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    static String requireName(String name) {
        if (!isToken(name)) {
            throw new IllegalArgumentException(
                    "the name of a header field must be a token, such as X-Name: " + quoted(name));
        }
        return name;
    }

    static String requireValue(String name, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 127 || c > 255) {
                throw new IllegalArgumentException("the value of " + name + " must not contain "
                        + String.format("U+%04X", (int) c) + "; encode it: " + quoted(value));
            }
        }
        return value;
    }

    /** Returns whether {@code target} has only visible ASCII characters. */
    static boolean isVisible(String target) {
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c >= 127) {
                return false;
            }
        }
        return !target.isEmpty();
    }

    /** Returns {@code text} for a message: shortened, and with control characters escaped. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("'");
        for (char c : (text.length() > 80 ? text.substring(0, 80) + "..." : text).toCharArray()) {
            if (c < ' ' || c >= 127) {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('\'').toString();
    }
}
