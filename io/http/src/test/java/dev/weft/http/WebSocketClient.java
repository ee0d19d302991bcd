package dev.weft.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A client of a WebSocket that sends any bytes and reads frames strictly. Blocks its thread. */
final class WebSocketClient implements AutoCloseable {
    /** The handshake of RFC 6455, section 1.2, with bars for ends of lines. */
    static final String HANDSHAKE = "GET /chat HTTP/1.1|Host: a|Upgrade: websocket|Connection: keep-alive, Upgrade|"
            + "Sec-WebSocket-Version: 13|Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==||";

    private static final int PATIENCE_MILLIS = 20_000;
    private static final byte[] MASK = {0x37, (byte) 0xfa, 0x21, 0x3d};

    /** The lines of the answer to the handshake. */
    final List<String> head = new ArrayList<>();

    private final Socket socket;
    private final DataInputStream in;

    /** A frame of the server. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Frame(boolean isLast, int opcode, byte[] payload) {}

    WebSocketClient(int port, String... fields) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
        String more = fields.length == 0 ? "" : String.join("|", fields) + "|";
        raw(HANDSHAKE.replace("||", "|" + more + "|").replace("|", "\r\n").getBytes(ISO_8859_1));
        readHead();
    }

    private void readHead() throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            text.append((char) in.readUnsignedByte());
        }
        head.addAll(text.toString().lines().toList());
    }

    /** Returns a frame with a mask; {@code first} has the bits before the length. */
    static byte[] frame(int first, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(14 + payload.length).put((byte) first);
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else if (payload.length <= 0xffff) {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        } else {
            frame.put((byte) (0x80 | 127)).putLong(payload.length);
        }
        frame.put(MASK);
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (payload[i] ^ MASK[i & 3]));
        }
        byte[] bytes = new byte[frame.flip().remaining()];
        frame.get(bytes);
        return bytes;
    }

    void send(boolean isLast, int opcode, byte[] payload) throws IOException {
        raw(frame((isLast ? 0x80 : 0) | opcode, payload));
    }

    void send(boolean isLast, int opcode, List<Byte> payload) throws IOException {
        byte[] bytes = new byte[payload.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = payload.get(i);
        }
        send(isLast, opcode, bytes);
    }

    void raw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    Frame frame() throws IOException {
        int first = in.readUnsignedByte();
        int length = in.readUnsignedByte();
        if ((first & 0x70) != 0 || (length & 0x80) != 0) {
            throw new AssertionError("a server sets no reserved bits and does not mask: " + first + ", " + length);
        }
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = Math.toIntExact(in.readLong());
        }
        byte[] payload = new byte[length];
        in.readFully(payload);
        return new Frame((first & 0x80) != 0, first & 0x0f, payload);
    }

    /** Reads a message, whose fragments are joined. */
    Frame message() throws IOException {
        Frame frame = frame();
        int opcode = frame.opcode();
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        payload.write(frame.payload());
        while (!frame.isLast()) {
            frame = frame();
            if (frame.opcode() != WebSocketFrame.CONTINUATION) {
                throw new AssertionError("a fragment has opcode " + frame.opcode());
            }
            payload.write(frame.payload());
        }
        return new Frame(true, opcode, payload.toByteArray());
    }

    String text() throws IOException {
        Frame message = message();
        if (message.opcode() != WebSocketFrame.TEXT) {
            throw new AssertionError("not text: " + message);
        }
        return new String(message.payload(), UTF_8);
    }

    void close(int code, String reason) throws IOException {
        byte[] text = reason.getBytes(UTF_8);
        send(
                true,
                WebSocketFrame.CLOSE,
                ByteBuffer.allocate(2 + text.length)
                        .putShort((short) code)
                        .put(text)
                        .array());
    }

    /** Reads the close frame, which must be the next one, and returns its code. */
    int closeCode() throws IOException {
        Frame frame = frame();
        if (frame.opcode() != WebSocketFrame.CLOSE) {
            throw new AssertionError("not a close frame: " + frame);
        }
        return ByteBuffer.wrap(frame.payload()).getShort() & 0xffff;
    }

    void expectEnd() throws IOException {
        int next = in.read();
        if (next >= 0) {
            throw new AssertionError("the server has sent " + next + " after its close frame");
        }
    }

    boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
