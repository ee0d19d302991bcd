package dev.weft.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The routes of a router by the segments of their paths. A literal segment goes before a variable, which goes before the rest of
 * a path; if the first leads nowhere, the next is tried. Must not be changed while it is used.
 */
final class RouteTree {
    /** Stands for every method that has no route of its own. */
    static final String ANY = "*";

    private final Map<String, RouteTree> literals = new HashMap<>();
    private final Map<String, Route> ending = new TreeMap<>(); // by method, of the paths that end here
    private final Map<String, Route> continuing = new TreeMap<>(); // of those that end in {name...}
    private @Nullable RouteTree variable;

    /** A handler for a method and a path. */
    record Route(String method, RoutePattern pattern, HttpHandler handler) {
        @Override
        public String toString() {
            return method + " " + pattern;
        }
    }

    /**
     * Adds {@code route}.
     *
     * @throws IllegalArgumentException if there is a route for the same requests
     */
    void add(Route route) {
        RouteTree node = this;
        for (RoutePattern.Segment segment : route.pattern().segments()) {
            switch (segment) {
                case RoutePattern.Segment.Literal literal ->
                    node = node.literals.computeIfAbsent(literal.text(), missing -> new RouteTree());
                case RoutePattern.Segment.Variable variable -> node = node.variable();
                case RoutePattern.Segment.Rest rest -> {
                    putOnce(node.continuing, route);
                    return;
                }
            }
        }
        putOnce(node.ending, route);
    }

    private RouteTree variable() {
        RouteTree known = variable;
        if (known == null) {
            known = new RouteTree();
            variable = known;
        }
        return known;
    }

    private static void putOnce(Map<String, Route> routes, Route route) {
        Route other = routes.putIfAbsent(route.method(), route);
        if (other != null) {
            throw new IllegalArgumentException(
                    "two routes match the same requests: " + other + " and " + route + "; remove one of them");
        }
    }

    /** Looks for the most specific route of {@code search} below this node; returns whether there is one. */
    private boolean find(Search search, int depth) {
        if (depth == search.path.size()) {
            return search.accept(ending);
        }
        String segment = search.path.get(depth);
        RouteTree literal = literals.get(segment);
        return (literal != null && literal.find(search, depth + 1))
                || (variable != null && !segment.isEmpty() && variable.find(search, depth + 1))
                || search.accept(continuing);
    }

    /** A request that looks for its route. */
    static final class Search {
        private final String method;
        private final List<String> path;
        private final Set<String> allowed = new TreeSet<>();
        private @Nullable Route route;

        Search(String method, List<String> path) {
            this.method = method;
            this.path = path;
        }

        /** Returns the most specific route of {@code tree} for the method and the path; null if there is none. */
        @Nullable Route in(RouteTree tree) {
            tree.find(this, 0);
            return route;
        }

        private boolean accept(Map<String, Route> routes) {
            Route found = routes.get(method);
            if (found == null && method.equals("HEAD")) {
                found = routes.get("GET");
            }
            if (found == null) {
                found = routes.get(ANY);
            }
            route = found;
            allowed.addAll(routes.keySet());
            return found != null;
        }

        /** Returns the methods that have a route for the path, as the value of {@code Allow}; empty if no route has that path. */
        String allowed() {
            if (allowed.isEmpty()) {
                return "";
            }
            Set<String> all = new TreeSet<>(allowed);
            all.add("OPTIONS");
            if (all.contains("GET")) {
                all.add("HEAD");
            }
            return String.join(", ", all);
        }
    }
}
