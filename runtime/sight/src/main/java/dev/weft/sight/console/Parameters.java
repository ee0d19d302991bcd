package dev.weft.sight.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLDecoder;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parameters in the query of a request. */
final class Parameters {
    private final Map<String, String> values = new HashMap<>();

    private Parameters() {}

    /** Reads the query of {@code uri}. */
    static Parameters of(URI uri) throws Refused {
        Parameters parameters = new Parameters();
        String query = uri.getRawQuery();
        if (query != null) {
            for (String pair : query.split("&", -1)) {
                int equals = pair.indexOf('=');
                if (equals > 0) {
                    parameters.values.put(pair.substring(0, equals), decode(pair.substring(equals + 1)));
                }
            }
        }
        return parameters;
    }

    private static String decode(String value) throws Refused {
        try {
            return URLDecoder.decode(value, UTF_8);
        } catch (IllegalArgumentException e) {
            throw new Refused(400, "a parameter is not encoded correctly: " + value);
        }
    }

    /** Returns the text of a parameter, empty if there is none. */
    String text(String name) {
        return values.getOrDefault(name, "");
    }

    /** Returns the number of a parameter that must be there. */
    long number(String name) throws Refused {
        return parse(name, values.get(name));
    }

    /** Returns the number of a parameter, or {@code absent} if there is none. */
    int number(String name, int absent) throws Refused {
        return values.containsKey(name) ? Math.clamp(number(name), 0, Integer.MAX_VALUE) : absent;
    }

    private static long parse(String name, @Nullable String value) throws Refused {
        try {
            return Long.parseLong(String.valueOf(value));
        } catch (NumberFormatException e) {
            throw new Refused(400, name + " must be a number, and is " + value);
        }
    }
}
