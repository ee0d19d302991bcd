package dev.weft.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A handler that chooses another one by the method and the path of a request. Immutable; any thread.
 *
 * <pre>{@code
 * Router router = Router.builder()
 *         .get("/orders/{id}", (request, response) -> response.send(orders.find(request.pathVariable("id"))))
 *         .post("/orders", this::create)
 *         .get("/assets/{path...}", StaticFiles.of(Path.of("assets")))
 *         .build();
 * }</pre>
 *
 * <p>A segment in braces matches any segment that is not empty, and is the request's {@linkplain HttpRequest#pathVariable path
 * variable} of that name. {@code {name...}} at the end matches all that is left, of at least one segment, which may be empty:
 * {@code /assets/{path...}} matches {@code /assets/} but not {@code /assets}. The segments are separated before they are decoded.
 *
 * <p>Of several routes that match, the most specific one is taken, whatever their order: from left to right, a literal segment goes
 * before a variable, and a variable before the rest of a path. Two routes for exactly the same requests are refused.
 *
 * <p>{@code HEAD} is answered by the route for {@code GET}, unless it has its own. A path without a route is answered with 404. A
 * path whose routes are for other methods is answered with 405, or, if the method is {@code OPTIONS}, with 204; both with {@code
 * Allow} (RFC 9110, section 10.2.1). A look-up is a few hash look-ups per segment.
 */
public final class Router implements HttpHandler {
    private final RouteTree routes = new RouteTree();

    private Router(Builder builder) {
        builder.filtered().forEach(routes::add);
    }

    /** Returns a builder for a router without routes. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public void handle(HttpRequest request, HttpResponse response) throws Exception {
        List<String> path = RoutePattern.segmentsOf(request.rawPath());
        RouteTree.Search search = new RouteTree.Search(request.method(), path);
        RouteTree.Route route = search.in(routes);
        if (route != null) {
            request.pathVariables(route.pattern().variables(path));
            route.handler().handle(request, response);
        } else {
            refuse(request, response, search.allowed());
        }
    }

    private static void refuse(HttpRequest request, HttpResponse response, String allowed) throws IOException {
        if (allowed.isEmpty()) {
            throw new HttpException(404, "there is nothing at this path");
        }
        response.header("Allow", allowed);
        if (request.method().equals("OPTIONS")) {
            response.status(204).send();
        } else {
            response.status(405).send("this path allows only " + allowed);
        }
    }

    /** A builder for routers. Not thread-safe. */
    public static final class Builder {
        private final List<RouteTree.Route> routes = new ArrayList<>();
        private final List<HttpFilter> filters = new ArrayList<>();

        private Builder() {}

        /** Adds a route for {@code GET}, and for {@code HEAD} if that has no other. */
        public Builder get(String path, HttpHandler handler) {
            return route("GET", path, handler);
        }

        /** Adds a route for {@code POST}. */
        public Builder post(String path, HttpHandler handler) {
            return route("POST", path, handler);
        }

        /** Adds a route for {@code PUT}. */
        public Builder put(String path, HttpHandler handler) {
            return route("PUT", path, handler);
        }

        /** Adds a route for {@code PATCH}. */
        public Builder patch(String path, HttpHandler handler) {
            return route("PATCH", path, handler);
        }

        /** Adds a route for {@code DELETE}. */
        public Builder delete(String path, HttpHandler handler) {
            return route("DELETE", path, handler);
        }

        /**
         * Adds a route.
         *
         * @param method a method in upper case
         * @throws IllegalArgumentException if {@code method} or {@code path} is not valid; the message says why
         */
        public Builder route(String method, String path, HttpHandler handler) {
            Objects.requireNonNull(handler, "handler");
            if (!FieldSyntax.isToken(method)) {
                throw new IllegalArgumentException(
                        "a method must be a token, such as GET: " + FieldSyntax.quoted(method));
            }
            return add(new RouteTree.Route(method, RoutePattern.parse(path), handler));
        }

        /** Adds a route for all methods that have no route of their own at this path. */
        public Builder any(String path, HttpHandler handler) {
            Objects.requireNonNull(handler, "handler");
            return add(new RouteTree.Route(RouteTree.ANY, RoutePattern.parse(path), handler));
        }

        /**
         * Adds the routes that {@code router} has so far, below {@code prefix}, with its filters around them.
         *
         * @param prefix a path such as {@code /api}, without a slash at its end
         * @throws IllegalArgumentException if {@code prefix} is not such a path
         */
        public Builder mount(String prefix, Builder router) {
            if (prefix.endsWith("/")) {
                throw new IllegalArgumentException(
                        "a prefix must not end with a slash, as routes begin with one: " + prefix);
            }
            router.filtered()
                    .forEach(route -> add(
                            new RouteTree.Route(route.method(), route.pattern().below(prefix), route.handler())));
            return this;
        }

        /**
         * Puts {@code filter} around all routes of this router, inside of the filters added before it. Requests without a route do
         * not pass it; use {@link HttpFilter#around} on the router for those as well.
         */
        public Builder filter(HttpFilter filter) {
            filters.add(Objects.requireNonNull(filter, "filter"));
            return this;
        }

        private Builder add(RouteTree.Route route) {
            routes.add(route);
            return this;
        }

        private List<RouteTree.Route> filtered() {
            return routes.stream()
                    .map(route -> new RouteTree.Route(route.method(), route.pattern(), filtered(route.handler())))
                    .toList();
        }

        private HttpHandler filtered(HttpHandler handler) {
            HttpHandler outermost = handler;
            for (HttpFilter filter : filters.reversed()) {
                outermost = filter.around(outermost);
            }
            return outermost;
        }

        /**
         * Returns the router.
         *
         * @throws IllegalArgumentException if two routes match the same requests
         */
        public Router build() {
            return new Router(this);
        }
    }
}
