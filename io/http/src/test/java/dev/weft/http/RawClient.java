package dev.weft.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A client that sends any bytes and reads responses strictly. Blocks its thread. */
final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    final Socket socket;
    private final InputStream in;

    /** A response as it came. */
    record Response(String statusLine, List<String> fields, String body, List<String> trailers) {
        int status() {
            return Integer.parseInt(statusLine.substring(9, 12));
        }

        boolean has(String field) {
            return fields.contains(field);
        }

        String field(String name) {
            String start = name.toLowerCase(Locale.ROOT) + ": ";
            return fields.stream()
                    .filter(field -> field.toLowerCase(Locale.ROOT).startsWith(start))
                    .map(field -> field.substring(start.length()))
                    .findFirst()
                    .orElse("");
        }
    }

    RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** Sends {@code text}, in which each bar stands for the end of a line. */
    RawClient sendLines(String text) throws IOException {
        return send(text.replace("|", "\r\n"));
    }

    RawClient send(String text) throws IOException {
        return send(text.getBytes(ISO_8859_1));
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    RawClient get(String path) throws IOException {
        return sendLines("GET " + path + " HTTP/1.1|Host: a||");
    }

    Response receive() throws IOException {
        return receive("GET");
    }

    /** Reads the response to a request with {@code method}. */
    Response receive(String method) throws IOException {
        String statusLine = line();
        if (!statusLine.matches("HTTP/1\\.1 [1-5][0-9][0-9] .*")) {
            throw new AssertionError("not a status line: " + statusLine);
        }
        Response head = new Response(statusLine, fields(), "", List.of());
        int status = head.status();
        if (method.equals("HEAD") || status < 200 || status == 204 || status == 304) {
            return head;
        }
        if (!head.field("Transfer-Encoding").isEmpty()) {
            String body = chunks();
            return new Response(statusLine, head.fields(), body, fields());
        }
        String length = head.field("Content-Length");
        byte[] body = length.isEmpty() ? in.readAllBytes() : in.readNBytes(Integer.parseInt(length));
        if (!length.isEmpty() && body.length < Integer.parseInt(length)) {
            throw new EOFException("the body ends after " + body.length + " bytes of " + length);
        }
        return new Response(statusLine, head.fields(), new String(body, ISO_8859_1), List.of());
    }

    private List<String> fields() throws IOException {
        List<String> fields = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            fields.add(line);
        }
        return fields;
    }

    private String chunks() throws IOException {
        StringBuilder body = new StringBuilder();
        int size;
        while ((size = Integer.parseInt(line(), 16)) > 0) {
            byte[] chunk = in.readNBytes(size);
            if (chunk.length < size) {
                throw new EOFException("a chunk ends early");
            }
            body.append(new String(chunk, ISO_8859_1));
            if (!line().isEmpty()) {
                throw new AssertionError("no end of line after a chunk");
            }
        }
        return body.toString();
    }

    /** Reads a line that ends with CR LF. */
    String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int c;
        while ((c = in.read()) != '\r') {
            if (c < 0) {
                throw new EOFException("the connection ended after '" + line + "'");
            }
            if (c == '\n') {
                throw new AssertionError("a bare LF after " + line);
            }
            line.write(c);
        }
        if (in.read() != '\n') {
            throw new AssertionError("a bare CR after " + line);
        }
        return line.toString(ISO_8859_1);
    }

    /** Waits until the server ends the connection, and returns what it sends before. */
    String rest() throws IOException {
        return new String(in.readAllBytes(), ISO_8859_1);
    }

    void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Makes the server see a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
