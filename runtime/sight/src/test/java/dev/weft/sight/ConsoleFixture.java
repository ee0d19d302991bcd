package dev.weft.sight;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.LoopGroup;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** A group with a console, and a client that has the token. */
@ExtendWith(NoGreenletLeaks.class)
abstract class ConsoleFixture {
    private static final ObjectMapper JSON = new ObjectMapper();

    final LoopGroup group = LoopGroup.builder().name("shop").loops(2).open();
    final HttpClient client = HttpClient.newHttpClient();
    Console console = Console.open(group);

    /** Opens the console anew, with other settings. */
    void use(Console.Builder builder) {
        console.close();
        console = builder.open(group);
    }

    @AfterEach
    void nothingIsLeft() {
        console.close();
        group.close();
        client.close();
        await(() -> threads().isEmpty());
        assertEquals(List.of(), threads());
    }

    /** The threads of consoles, of their servers and of their recordings. */
    static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.contains("-console")
                        || name.startsWith("HTTP-Dispatcher")
                        || name.startsWith("JFR Event Stream"))
                .sorted()
                .toList();
    }

    URI at(String path) {
        return console.uri().resolve(path);
    }

    HttpResponse<String> get(String path) throws Exception {
        return client.send(HttpRequest.newBuilder(at(path)).build(), BodyHandlers.ofString());
    }

    HttpResponse<String> post(String path) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(at(path)).POST(BodyPublishers.noBody()).build();
        return client.send(request, BodyHandlers.ofString());
    }

    JsonNode json(String path) throws Exception {
        HttpResponse<String> response = get(path);
        assertEquals(200, response.statusCode(), response::body);
        return parse(response.body());
    }

    static JsonNode parse(String text) throws IOException {
        return JSON.readTree(text);
    }

    /** Waits until {@code condition} holds; the timeout of the test ends it otherwise. */
    static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
            Thread.yield();
        }
    }
}
