package dev.weft.sight.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.management.GroupOperations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/** Asks through a socket: a line with the operation and its arguments, to which the answer is JSON, or an error. */
final class SocketOperations implements GroupOperations {
    private final Path socket;

    SocketOperations(Path socket) {
        this.socket = socket;
    }

    private String ask(String operation, Map<String, ?> arguments) {
        String line = arguments.entrySet().stream()
                .map(argument -> argument.getKey() + "="
                        + URLEncoder.encode(argument.getValue().toString(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&", operation + "?", "\n"));
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            Channels.newOutputStream(channel).write(line.getBytes(StandardCharsets.UTF_8));
            byte[] answer = Channels.newInputStream(channel).readAllBytes();
            return withoutError(new String(answer, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String withoutError(String answer) throws IOException {
        if (answer.isEmpty()) {
            throw new IOException("it closed the connection without an answer");
        }
        if (answer.startsWith("{\"error\":")) {
            throw new IllegalArgumentException(Form.tree(answer).path("error").asText());
        }
        return answer;
    }

    private JsonNode about() {
        return Form.tree(ask("about", Map.of()));
    }

    @Override
    public String getVersion() {
        return about().path("version").asText();
    }

    @Override
    public int getFormat() {
        return about().path("format").asInt();
    }

    @Override
    public String loops() {
        return ask("loops", Map.of());
    }

    @Override
    public String snapshot(String filter, int limit, boolean stacks, int aggregateAbove) {
        return ask(
                "snapshot",
                Map.of("filter", filter, "limit", limit, "stacks", stacks, "aggregateAbove", aggregateAbove));
    }

    @Override
    public String page(String filter, long after, int limit, boolean stacks) {
        return ask("page", Map.of("filter", filter, "after", after, "limit", limit, "stacks", stacks));
    }

    @Override
    public String greenlet(long id) {
        return ask("greenlet", Map.of("id", id));
    }

    @Override
    public String stack(long id) {
        return ask("stack", Map.of("id", id));
    }

    @Override
    public String around(long id, int hops) {
        return ask("around", Map.of("id", id, "hops", hops));
    }

    @Override
    public String verdicts() {
        return ask("verdicts", Map.of());
    }

    @Override
    public String leaks() {
        return ask("leaks", Map.of());
    }

    @Override
    public String lints() {
        return ask("lints", Map.of());
    }

    @Override
    public String doctor() {
        return ask("doctor", Map.of());
    }

    @Override
    public boolean kill(long id, String reason) {
        return Boolean.parseBoolean(ask("kill", Map.of("id", id, "reason", reason)));
    }
}
