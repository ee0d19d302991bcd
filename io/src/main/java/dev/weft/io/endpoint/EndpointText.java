package dev.weft.io.endpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** The string of an endpoint: fields between colons, of which the last ones may be options. Knows where each is, for messages. */
final class EndpointText {
    private final String text;
    private final List<Field> fields = new ArrayList<>();
    private final Map<String, Field> options = new TreeMap<>(); // by name; their values

    /** A part of the text, without backslashes, and the index at which it begins. */
    record Field(String value, int at) {}

    private EndpointText(String text) {
        this.text = text;
    }

    static EndpointText of(String text) {
        EndpointText parsed = new EndpointText(Objects.requireNonNull(text, "text"));
        parsed.split();
        return parsed;
    }

    private void split() {
        int next = 0;
        while (next <= text.length()) {
            next = addField(next) + 1;
        }
    }

    /** Adds the field that begins at {@code begin}, and returns the index of the colon behind it, or the end. */
    private int addField(int begin) {
        StringBuilder value = new StringBuilder();
        int i = begin;
        if (text.startsWith("[", begin)) {
            i = text.indexOf(']', begin) + 1;
            if (i == 0) {
                throw bad(begin, "the bracket is not closed; write IPv6 addresses as [::1]");
            }
            value.append(text, begin, i);
        }
        for (; i < text.length() && text.charAt(i) != ':'; i++) {
            if (text.charAt(i) == '\\' && ++i == text.length()) {
                throw bad(i - 1, "nothing follows the backslash; double it if it is meant itself");
            }
            value.append(text.charAt(i));
        }
        fields.add(new Field(value.toString(), begin));
        return i;
    }

    String transport() {
        return fields.get(0).value;
    }

    /** Returns the field at {@code index}, which is called {@code name} in {@code form}. */
    Field field(int index, String name, String form) {
        if (index >= fields.size() || fields.get(index).value.isEmpty()) {
            int at = index < fields.size() ? fields.get(index).at : text.length();
            throw bad(at, "the " + name + " is missing; write " + form);
        }
        return fields.get(index);
    }

    /** Takes all fields from {@code index} on as options, and refuses those that are not in {@code known}. */
    void options(int index, List<String> known) {
        for (Field field : fields.subList(index, fields.size())) {
            int equals = field.value.indexOf('=');
            if (equals < 0) {
                throw bad(
                        field.at,
                        "\"" + field.value + "\" is not an option; write NAME=VALUE for options, [::1] for IPv6"
                                + " addresses, and \\: for a colon in a path");
            }
            String name = field.value.substring(0, equals);
            if (!known.contains(name)) {
                throw bad(
                        field.at,
                        "there is no option \"" + name + "\"; " + transport() + " has " + String.join(", ", known));
            }
            Field value = new Field(field.value.substring(equals + 1), field.at + equals + 1);
            if (options.put(name, value) != null) {
                throw bad(field.at, "the option \"" + name + "\" is given twice; remove one");
            }
        }
    }

    /** Returns the option {@code name} as {@code reading} understands it; empty if it is not given. */
    <T> Optional<T> option(String name, Function<Field, T> reading) {
        return Optional.ofNullable(options.get(name)).map(reading);
    }

    int port(Field field) {
        return number(field, 0, 65535, "a port is a number from 0 to 65535");
    }

    int positive(Field field) {
        return number(field, 1, Integer.MAX_VALUE, "use a number from 1 on");
    }

    private int number(Field field, int least, int most, String cure) {
        try {
            int value = Integer.parseInt(field.value);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Reported below, as numbers that are out of range are.
        }
        throw bad(field.at, "\"" + field.value + "\" is wrong; " + cure);
    }

    IllegalArgumentException bad(int at, String problemAndCure) {
        return new IllegalArgumentException("bad endpoint \"" + text + "\", at index " + at + ": " + problemAndCure);
    }

    @Override
    public String toString() {
        return text;
    }
}
