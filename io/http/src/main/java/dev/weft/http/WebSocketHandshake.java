package dev.weft.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The opening handshake of a server (RFC 6455, section 4.2). */
final class WebSocketHandshake {
    private static final String VERSION = "13";
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY_BYTES = 16;

    private WebSocketHandshake() {}

    /** Sends the answer if {@code request} is not a valid handshake; returns whether it is. */
    static boolean isValid(HttpRequest request, HttpResponse response, Predicate<String> origins) throws IOException {
        HttpHeaders headers = request.headers();
        if (!headers.containsToken("Upgrade", "websocket") || !headers.containsToken("Connection", "Upgrade")) {
            response.status(426).header("Upgrade", "websocket").send("this path speaks only the WebSocket protocol");
        } else if (!VERSION.equals(headers.firstOrNull("Sec-WebSocket-Version"))) {
            response.status(426).header("Sec-WebSocket-Version", VERSION).send("the version must be " + VERSION);
        } else if (!isKey(headers.firstOrNull("Sec-WebSocket-Key"))) {
            response.status(400).send("Sec-WebSocket-Key must be 16 bytes in Base64");
        } else if (!headers.first("Origin").map(origins::test).orElse(true)) {
            response.status(403).send("pages of this origin may not connect");
        } else {
            return true;
        }
        return false;
    }

    private static boolean isKey(@Nullable String key) {
        try {
            return key != null && Base64.getDecoder().decode(key.strip()).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Returns the value of {@code Sec-WebSocket-Accept}. */
    static String accept(HttpRequest request) {
        String key = request.headers().first("Sec-WebSocket-Key").orElseThrow().strip();
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            return Base64.getEncoder().encodeToString(digest.digest((key + GUID).getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    /** Returns the first of {@code supported} that the client offers. */
    static Optional<String> subprotocol(HttpRequest request, List<String> supported) {
        return supported.stream()
                .filter(name -> request.headers().all("Sec-WebSocket-Protocol").stream()
                        .flatMap(value -> List.of(value.split(",", -1)).stream())
                        .anyMatch(offered -> offered.strip().equals(name)))
                .findFirst();
    }
}
