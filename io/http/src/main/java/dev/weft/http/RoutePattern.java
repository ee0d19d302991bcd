package dev.weft.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The path of a route, such as {@code /orders/{id}} or {@code /files/{path...}}, and the segments of a request's path.
 *
 * @param text the pattern as it was given
 */
record RoutePattern(String text, List<Segment> segments) {
    private static final String OPEN = "{";
    private static final String CLOSE = "}";
    private static final String REST = "...";

    /** What a segment of a path must be. */
    sealed interface Segment {
        /** Exactly this text. */
        record Literal(String text) implements Segment {}

        /** Any text that is not empty. */
        record Variable(String name) implements Segment {}

        /** All remaining segments, of which there must be one; it may be empty. */
        record Rest(String name) implements Segment {}
    }

    /**
     * Parses {@code text}.
     *
     * @throws IllegalArgumentException if it is not a pattern; the message says why
     */
    static RoutePattern parse(String text) {
        if (!text.startsWith("/")) {
            throw wrong(text, "must begin with a slash");
        }
        List<Segment> segments = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (String part : split(text)) {
            if (!segments.isEmpty() && segments.getLast() instanceof Segment.Rest rest) {
                throw wrong(text, "must end with {" + rest.name() + "...}");
            }
            segments.add(segment(text, part, names));
        }
        return new RoutePattern(text, List.copyOf(segments));
    }

    private static Segment segment(String text, String part, List<String> names) {
        if (!part.startsWith(OPEN) || !part.endsWith(CLOSE)) {
            if (part.contains(OPEN) || part.contains(CLOSE)) {
                throw wrong(text, "must have variables that are whole segments, such as /{name}/");
            }
            return new Segment.Literal(part);
        }
        boolean isRest = part.endsWith(REST + CLOSE);
        String name = part.substring(1, part.length() - (isRest ? REST.length() + 1 : 1));
        if (name.isEmpty() || !name.chars().allMatch(Character::isJavaIdentifierPart)) {
            throw wrong(text, "must name its variables with letters, digits and underscores");
        }
        if (names.contains(name)) {
            throw wrong(text, "must not use the variable '" + name + "' twice");
        }
        names.add(name);
        return isRest ? new Segment.Rest(name) : new Segment.Variable(name);
    }

    private static IllegalArgumentException wrong(String text, String rule) {
        return new IllegalArgumentException("a route " + rule + ": " + text);
    }

    /** Returns this pattern below {@code prefix}, a path without variables. */
    RoutePattern below(String prefix) {
        return parse(prefix + text);
    }

    /** Returns the segments of {@code rawPath}, decoded: an escaped slash does not separate. Empty if it is no path. */
    static List<String> segmentsOf(String rawPath) {
        if (!rawPath.startsWith("/")) {
            return List.of();
        }
        return split(rawPath).stream().map(PercentDecoding::decode).toList();
    }

    private static List<String> split(String path) {
        return List.of(path.substring(1).split("/", -1));
    }

    /** Returns the values of the variables in a path that matches. */
    Map<String, String> variables(List<String> path) {
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < segments.size(); i++) {
            switch (segments.get(i)) {
                case Segment.Literal literal -> {}
                case Segment.Variable variable -> values.put(variable.name(), path.get(i));
                case Segment.Rest rest -> values.put(rest.name(), String.join("/", path.subList(i, path.size())));
            }
        }
        return values;
    }

    @Override
    public String toString() {
        return text;
    }
}
