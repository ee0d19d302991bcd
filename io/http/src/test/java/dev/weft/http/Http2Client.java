package dev.weft.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** A client of HTTP/2 that sends any frames and reads them strictly. It has no flow control of its own. Blocks its thread. */
final class Http2Client implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;

    static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final int PATIENCE_MILLIS = 20_000;
    private static final byte[] NOTHING = {};

    final Socket socket;
    private final DataInputStream in;
    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();

    /** A frame of the server. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Frame(int type, int flags, int stream, byte[] payload) {
        boolean endsStream() {
            return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }

        /** Returns the code of an RST_STREAM or GOAWAY. */
        int code() {
            return ByteBuffer.wrap(payload).getInt(type == GOAWAY ? 4 : 0);
        }
    }

    /** A response: its fields, among them the trailer fields, which are marked so, and its body. */
    record Response(Map<String, String> fields, String body) {
        String status() {
            return fields.getOrDefault(":status", "");
        }
    }

    Http2Client(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
    }

    /** Connects, and sends the preface and empty settings. */
    static Http2Client open(HttpServer server) throws IOException {
        return new Http2Client(server.port()).send(PREFACE.getBytes(ISO_8859_1)).send(SETTINGS, 0, 0, NOTHING);
    }

    Http2Client send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    Http2Client send(int type, int flags, int stream, byte[] payload) throws IOException {
        return send(frame(type, flags, stream, payload));
    }

    static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    /** Sends a request without a body, with more fields than the four that each has, or others for them: names and values. */
    Http2Client get(int stream, String... fields) throws IOException {
        return request(stream, END_STREAM, fields);
    }

    /** As {@link #get}, with other flags than {@link #END_STREAM}. */
    Http2Client request(int stream, int flags, String... fields) throws IOException {
        return send(HEADERS, flags | END_HEADERS, stream, block(fields));
    }

    byte[] block(String... fields) throws IOException {
        Http2Headers headers = new DefaultHttp2Headers(false)
                .method("GET")
                .scheme("http")
                .path("/")
                .authority("a");
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i].startsWith(":")) {
                headers.set(fields[i], fields[i + 1]);
            } else {
                headers.add(fields[i], fields[i + 1]);
            }
        }
        return encoded(headers);
    }

    byte[] encoded(Http2Headers headers) throws IOException {
        ByteBuf block = Unpooled.buffer();
        try {
            encoder.encodeHeaders(1, headers, block);
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
        byte[] bytes = new byte[block.readableBytes()];
        block.readBytes(bytes);
        return bytes;
    }

    Http2Client data(int stream, int flags, String text) throws IOException {
        return send(DATA, flags, stream, text.getBytes(UTF_8));
    }

    Http2Client grant(int stream, int bytes) throws IOException {
        return send(
                WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(4).putInt(bytes).array());
    }

    Http2Client reset(int stream) throws IOException {
        return send(RST_STREAM, 0, stream, ByteBuffer.allocate(4).putInt(8).array());
    }

    /** Reads the next frame. */
    Frame next() throws IOException {
        byte[] head = in.readNBytes(9);
        if (head.length < 9) {
            throw new EOFException("the connection has ended");
        }
        ByteBuffer fields = ByteBuffer.wrap(head);
        int length = ((fields.get() & 0xff) << 16) | (fields.getShort() & 0xffff);
        int type = fields.get();
        int flags = fields.get();
        byte[] payload = in.readNBytes(length);
        return new Frame(type, flags, fields.getInt(), payload);
    }

    /** Reads up to the next frame of {@code type}. */
    Frame next(int type) throws IOException {
        Frame frame;
        do {
            frame = next();
        } while (frame.type != type);
        return frame;
    }

    /** Reads the response on {@code stream}; frames of other streams are skipped. */
    Response response(int stream) throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        Frame frame;
        do {
            frame = next();
            if (frame.type == HEADERS) {
                String prefix =
                        fields.isEmpty() || fields.getOrDefault(":status", "").startsWith("1") ? "" : "trailer ";
                for (Map.Entry<CharSequence, CharSequence> field : decode(frame)) {
                    fields.put(prefix + field.getKey(), field.getValue().toString());
                }
            } else if (frame.type == DATA && frame.stream == stream) {
                body.write(frame.payload);
            } else if (frame.type == RST_STREAM && frame.stream == stream) {
                throw new IOException("reset with code " + frame.code());
            }
        } while (frame.stream != stream || !frame.endsStream());
        return new Response(fields, body.toString(UTF_8));
    }

    /** Decodes the fields of a frame; each must be decoded in order. */
    Http2Headers decode(Frame frame) throws IOException {
        try {
            return decoder.decodeHeaders(frame.stream, Unpooled.wrappedBuffer(frame.payload));
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
    }

    /** Waits until the server ends the connection. */
    void expectEnd() throws IOException {
        while (in.read() >= 0) {}
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
