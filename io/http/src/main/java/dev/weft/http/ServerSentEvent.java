package dev.weft.http;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An event for {@link ServerSentEvents#send(ServerSentEvent)}: its data, and optionally an id, a name and a delay for
 * reconnections. Immutable.
 */
public final class ServerSentEvent {
    private final String data;
    private final @Nullable String id;
    private final @Nullable String name;
    private final @Nullable Duration retry;

    private ServerSentEvent(String data, @Nullable String id, @Nullable String name, @Nullable Duration retry) {
        this.data = data;
        this.id = id;
        this.name = name;
        this.retry = retry;
    }

    /** Returns an event with {@code data}, which may have several lines. Browsers receive all line ends as {@code \n}. */
    public static ServerSentEvent of(String data) {
        return new ServerSentEvent(Objects.requireNonNull(data, "data"), null, null, null);
    }

    /**
     * Returns this event with an id, which the browser sends as {@code Last-Event-ID} when it reconnects.
     *
     * @throws IllegalArgumentException if {@code id} has a line end or a NUL
     */
    public ServerSentEvent id(String id) {
        return new ServerSentEvent(data, requireOneLine("id", id), name, retry);
    }

    /**
     * Returns this event with a name, the type of the browser's event; {@code message} by default.
     *
     * @throws IllegalArgumentException if {@code name} has a line end or a NUL
     */
    public ServerSentEvent name(String name) {
        return new ServerSentEvent(data, id, requireOneLine("name", name), retry);
    }

    /** Returns this event with the time that the browser is to wait before it reconnects. */
    public ServerSentEvent retry(Duration delay) {
        return new ServerSentEvent(data, id, name, Objects.requireNonNull(delay, "delay"));
    }

    private static String requireOneLine(String what, String text) {
        if (text.chars().anyMatch(c -> c == '\r' || c == '\n' || c == 0)) {
            throw new IllegalArgumentException(
                    "the " + what + " of an event must not have a line end or a NUL: " + FieldSyntax.quoted(text));
        }
        return text;
    }

    /** Returns this event as it is sent, with an empty line at the end. */
    String encoded() {
        StringBuilder text = new StringBuilder();
        if (name != null) {
            text.append("event: ").append(name).append('\n');
        }
        if (id != null) {
            text.append("id: ").append(id).append('\n');
        }
        if (retry != null) {
            text.append("retry: ").append(retry.toMillis()).append('\n');
        }
        for (String line : data.split("\r\n|\r|\n", -1)) {
            text.append("data: ").append(line).append('\n');
        }
        return text.append('\n').toString();
    }

    @Override
    public String toString() {
        return "event" + (name == null ? "" : " " + name) + (id == null ? "" : " " + id);
    }
}
