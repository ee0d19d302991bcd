package dev.weft.access;

import dev.weft.management.GroupOperations;
import dev.weft.observe.Json;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * A request that came through a socket: one line with an operation of {@link GroupOperations} and its arguments by name, encoded as
 * in a URL, such as {@code snapshot?filter=state%3Awaiting&limit=100}. Arguments that are left out have default values.
 */
record Request(String operation, Map<String, String> arguments) {
    private static final int LIMIT = 5_000;
    private static final int HOPS = 2;

    static Request parse(String line) {
        String[] parts = line.strip().split("\\?", 2);
        Map<String, String> arguments = new HashMap<>();
        if (parts.length == 2) {
            for (String pair : parts[1].split("&", -1)) {
                String[] named = pair.split("=", 2);
                arguments.put(named[0], named.length == 2 ? URLDecoder.decode(named[1], StandardCharsets.UTF_8) : "");
            }
        }
        return new Request(parts[0], arguments);
    }

    /** Returns what {@code group} answers; throws {@link IllegalArgumentException} if the request is wrong. */
    String answer(GroupOperations group) {
        return switch (operation) {
            case "about" -> Json.of(Map.of("version", group.getVersion(), "format", group.getFormat()));
            case "loops" -> group.loops();
            case "snapshot" ->
                group.snapshot(text("filter"), number("limit", LIMIT), flag("stacks"), number("aggregateAbove", LIMIT));
            case "page" -> group.page(text("filter"), id("after"), number("limit", LIMIT), flag("stacks"));
            case "greenlet" -> group.greenlet(id("id"));
            case "stack" -> group.stack(id("id"));
            case "around" -> group.around(id("id"), number("hops", HOPS));
            case "verdicts" -> group.verdicts();
            case "leaks" -> group.leaks();
            case "lints" -> group.lints();
            case "doctor" -> group.doctor();
            case "kill" -> Boolean.toString(group.kill(id("id"), text("reason")));
            default ->
                throw new IllegalArgumentException("no such operation: \"" + operation
                        + "\"; there are about, loops, snapshot, page, greenlet, stack, around, verdicts, leaks, lints,"
                        + " doctor and kill");
        };
    }

    private String text(String name) {
        return arguments.getOrDefault(name, "");
    }

    private boolean flag(String name) {
        return Boolean.parseBoolean(text(name));
    }

    private int number(String name, int otherwise) {
        return Math.toIntExact(number(name, (long) otherwise));
    }

    private long id(String name) {
        return number(name, 0L);
    }

    private long number(String name, long otherwise) {
        String text = text(name);
        try {
            return text.isEmpty() ? otherwise : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " must be a number: \"" + text + "\"", e);
        }
    }
}
