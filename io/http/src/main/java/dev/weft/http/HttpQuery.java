package dev.weft.http;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The parameters of a request's query, decoded as browsers encode forms ({@code application/x-www-form-urlencoded}). A name may
 * have several values. Immutable.
 */
public final class HttpQuery {
    private static final HttpQuery EMPTY = new HttpQuery("", Map.of());

    private final String raw;
    private final Map<String, List<String>> values;

    private HttpQuery(String raw, Map<String, List<String>> values) {
        this.raw = raw;
        this.values = values;
    }

    /**
     * Parses {@code raw}, which is what follows the question mark.
     *
     * @throws HttpException with 400 if an escape is malformed
     */
    static HttpQuery parse(String raw) {
        if (raw.isEmpty()) {
            return EMPTY;
        }
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (String pair : raw.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            if (!pair.isEmpty()) {
                values.computeIfAbsent(decoded(name), key -> new ArrayList<>()).add(decoded(value));
            }
        }
        values.replaceAll((name, all) -> List.copyOf(all));
        return new HttpQuery(raw, Collections.unmodifiableMap(values));
    }

    private static String decoded(String text) {
        return PercentDecoding.decode(text.replace('+', ' '));
    }

    /** Returns the first value of {@code name}. */
    public Optional<String> first(String name) {
        return all(name).stream().findFirst();
    }

    /** Returns all values of {@code name}, in order; empty if there are none. */
    public List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    /** Returns the names, in order and without repetition. */
    public Set<String> names() {
        return values.keySet();
    }

    /** Returns the query as it was sent, without the question mark; empty if there was none. */
    public String raw() {
        return raw;
    }

    @Override
    public String toString() {
        return raw;
    }
}
