package dev.weft.http;

import java.nio.ByteBuffer;

/**
 * A frame (RFC 6455, section 5.2).
 *
 * @param payload the payload, unmasked
 */
record WebSocketFrame(boolean isLast, int opcode, ByteBuffer payload) {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    /** The longest payload of a control frame. */
    static final int LONGEST_CONTROL = 125;

    static final int LAST = 0x80;
    static final int RESERVED = 0x70;
    static final int OPCODE = 0x0f;
    static final int MASKED = 0x80;
    static final int LENGTH = 0x7f;
    static final int LENGTH_OF_16_BITS = 126;
    static final int LENGTH_OF_64_BITS = 127;

    static boolean isControl(int opcode) {
        return opcode >= CLOSE;
    }

    /** Returns the head of this frame as a server sends it, without a mask. */
    ByteBuffer head() {
        ByteBuffer head = ByteBuffer.allocate(10).put((byte) ((isLast ? LAST : 0) | opcode));
        int length = payload.remaining();
        if (length < LENGTH_OF_16_BITS) {
            head.put((byte) length);
        } else if (length <= 0xffff) {
            head.put((byte) LENGTH_OF_16_BITS).putShort((short) length);
        } else {
            head.put((byte) LENGTH_OF_64_BITS).putLong(length);
        }
        return head.flip();
    }
}
