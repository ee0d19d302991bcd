package dev.weft.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.http.RawClient.Response;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RouterTest extends HttpFixture {
    private static final HttpHandler ANY = (request, response) -> response.send("any");

    /** Answers with the name of the route and the values of its variables. */
    private static HttpHandler tell(String name, String... variables) {
        return (request, response) -> {
            StringBuilder text = new StringBuilder(name);
            for (String variable : variables) {
                text.append(' ').append(request.pathVariable(variable));
            }
            response.send(text.toString());
        };
    }

    private static Router.Builder orders() {
        return Router.builder()
                .get("/", tell("home"))
                .get("/orders/{id}", tell("order", "id"))
                .get("/orders/new", tell("new"))
                .delete("/orders/{id}", tell("delete", "id"))
                .get("/orders/{id}/lines/{line}", tell("line", "id", "line"))
                .get("/orders/old/lines", tell("old lines"))
                .get("/files/{path...}", tell("file", "path"))
                .get("/files/index", tell("index"))
                .post("/orders", tell("create"))
                .any("/echo", (request, response) -> response.send(request.method()));
    }

    private Response ask(HttpServer server, String method, String target) throws IOException {
        try (RawClient client = new RawClient(server.port())) {
            return client.sendLines(method + " " + target + " HTTP/1.1|Host: a||")
                    .receive(method);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/, home",
        "/?a=/b, home",
        "/orders/7, order 7",
        "/orders/7?x, order 7",
        "/orders/a%2Fb, order a/b",
        "/orders/%C3%A9, order \u00c3\u00a9", // as ISO-8859-1 shows UTF-8
        "/orders/new, new",
        "/orders/%6Eew, new",
        "/orders/7/lines/2, line 7 2",
        "/orders/old/lines/2, line old 2",
        "/orders/old/lines, old lines",
        "/files/a/b.txt, file a/b.txt",
        "/files/a//b/, file a//b/",
        "'/files/', 'file '",
        "/files/index, index",
        "http://a/orders/7, order 7",
        "http://a, home"
    })
    void theMostSpecificRouteAnswers(String target, String body) throws IOException {
        Response response = ask(serve(orders().build()), "GET", target);
        assertEquals(200, response.status(), response.toString());
        assertEquals(body, response.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/order", "/orders/", "/orders/7/", "/orders/7/lines", "/files", "//", "/orders/7/lines/"})
    void aPathWithoutARouteIsNotFound(String path) throws IOException {
        assertEquals(404, ask(serve(orders().build()), "GET", path).status());
    }

    @Test
    void anotherMethodIsToldWhatIsAllowed() throws IOException {
        HttpServer server = serve(orders().build());
        Response response = ask(server, "PUT", "/orders/7");
        assertEquals(405, response.status());
        assertEquals("DELETE, GET, HEAD, OPTIONS", response.field("Allow"));
        assertEquals("OPTIONS, POST", ask(server, "GET", "/orders").field("Allow"));
    }

    @Test
    void aLessSpecificRouteAnswersAMethodThatTheOtherLacks() throws IOException {
        assertEquals(
                "delete new",
                ask(serve(orders().build()), "DELETE", "/orders/new").body());
    }

    @Test
    void optionsAreAnswered() throws IOException {
        HttpServer server = serve(orders().build());
        Response response = ask(server, "OPTIONS", "/orders/7");
        assertEquals(204, response.status());
        assertEquals("DELETE, GET, HEAD, OPTIONS", response.field("Allow"));
        assertEquals(404, ask(server, "OPTIONS", "/nothing").status());
        assertEquals("OPTIONS", ask(server, "OPTIONS", "/echo").body());
    }

    @Test
    void headIsAnsweredByGet() throws IOException {
        Response response = ask(serve(orders().build()), "HEAD", "/orders/new");
        assertEquals(200, response.status());
        assertEquals("3", response.field("Content-Length"));
    }

    @Test
    void aRouteForAnyMethodTakesTheRest() throws IOException {
        HttpServer server = serve(
                Router.builder().any("/echo", ANY).post("/echo", tell("post")).build());
        assertEquals("post", ask(server, "POST", "/echo").body());
        assertEquals("any", ask(server, "BREW", "/echo").body());
    }

    @Test
    void aMountedRouterIsBelowItsPrefixWithItsFilters() throws IOException {
        HttpFilter inner = (request, response, next) -> next.handle(request, response.header("X-Inner", "yes"));
        HttpFilter outer = (request, response, next) -> next.handle(request, response.header("X-Outer", "yes"));
        Router router = Router.builder()
                .get("/", tell("home"))
                .filter(outer)
                .mount("/api/v1", orders().filter(inner))
                .build();
        HttpServer server = serve(router);
        Response response = ask(server, "GET", "/api/v1/orders/7");
        assertEquals("order 7", response.body());
        assertEquals("yes", response.field("X-Inner"));
        assertEquals("yes", response.field("X-Outer"));
        assertEquals("", ask(server, "GET", "/").field("X-Inner"));
        assertEquals(404, ask(server, "GET", "/orders/7").status());
    }

    @Test
    void filtersRunInTheirOrderAndMayAnswerThemselves() throws IOException {
        List<String> calls = new ArrayList<>();
        HttpFilter first = (request, response, next) -> {
            calls.add("first");
            next.handle(request, response);
            calls.add("first after");
        };
        HttpFilter second = (request, response, next) -> {
            calls.add("second " + request.pathVariable("id"));
            response.status(403).send();
        };
        Router router = Router.builder()
                .get("/{id}", tell("not reached"))
                .filter(first)
                .filter(second)
                .build();
        assertEquals(403, ask(serve(router), "GET", "/7").status());
        assertEquals(List.of("first", "second 7", "first after"), calls);
    }

    @Test
    void routesForTheSameRequestsAreRefused() {
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> Router.builder()
                                .get("/orders/{id}", ANY)
                                .get("/orders/{key}", ANY)
                                .build())
                .getMessage();
        assertEquals(
                "two routes match the same requests: GET /orders/{id} and GET /orders/{key}; remove one of them",
                message);
        assertThrows(
                IllegalArgumentException.class,
                () -> orders().mount("", Router.builder().get("/", ANY)).build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "orders", "/{}", "/{a-b}", "/x{a}", "/{a}x", "/{a}/{a}", "/{a...}/b", "/{...}", "/{a"})
    void whatIsNoPatternIsRefused(String pattern) {
        String message = String.valueOf(assertThrows(
                        IllegalArgumentException.class, () -> Router.builder().get(pattern, ANY))
                .getMessage());
        assertTrue(message.startsWith("a route must") && message.endsWith(": " + pattern), message);
    }

    @Test
    void whatIsNoMethodOrPrefixIsRefused() {
        Router.Builder builder = Router.builder();
        assertThrows(IllegalArgumentException.class, () -> builder.route("GET /", "/", ANY));
        assertThrows(IllegalArgumentException.class, () -> builder.mount("/api/", orders()));
        assertThrows(IllegalArgumentException.class, () -> builder.mount("api", orders()));
    }

    @Test
    void aVariableThatTheRouteLacksIsAMistake() throws IOException {
        HttpHandler handler = (request, response) -> {
            IllegalArgumentException mistake =
                    assertThrows(IllegalArgumentException.class, () -> request.pathVariable("name"));
            response.send(String.valueOf(mistake.getMessage()));
        };
        HttpServer server = serve(Router.builder().get("/{id}", handler).build());
        assertEquals(
                "the route has no variable 'name', only [id]",
                ask(server, "GET", "/7").body());
    }
}
