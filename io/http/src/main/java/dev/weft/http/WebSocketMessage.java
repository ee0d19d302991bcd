package dev.weft.http;

import java.nio.ByteBuffer;

/** A message of a {@link WebSocket}. */
public sealed interface WebSocketMessage {
    /** A message of text. */
    record Text(String text) implements WebSocketMessage {}

    /** A message of bytes: those that remain in a buffer that belongs to the receiver. */
    record Binary(ByteBuffer bytes) implements WebSocketMessage {}
}
