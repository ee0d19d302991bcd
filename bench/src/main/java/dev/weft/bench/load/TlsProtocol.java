package dev.weft.bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;

/**
 * Echo messages over TLS 1.3, a record each, for one message in flight per connection. Does not verify the server's
 * certificate.
 */
final class TlsProtocol implements Protocol {
    /** What the JDK adds to the content of a record: a header of 5 bytes, the type, 16 bytes of padding, a tag of 16 bytes. */
    private static final int RECORD_OVERHEAD = 38;

    private static final int BUFFER_BYTES = 128 * 1024;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final EchoProtocol echo;
    private final int messageBytes;
    private final SSLContext context = TrustingContext.create();
    private final Connection[] connections;
    private final Bytes plain = new Bytes(BUFFER_BYTES);
    private final Bytes encrypted = new Bytes(BUFFER_BYTES);

    /** One connection: its engine, the start of a record that has not arrived completely, and the last record sent. */
    private static final class Connection {
        final SSLEngine engine;
        ByteBuffer rest = NOTHING;
        final byte[] record;
        int recordOf = -1; // the number of the message in the record

        Connection(SSLEngine engine, int recordBytes) {
            this.engine = engine;
            record = new byte[recordBytes];
        }
    }

    TlsProtocol(Shape shape) {
        if (shape.depth() > 1) {
            throw new IllegalArgumentException("--depth must be 1 for TLS: " + shape.depth());
        }
        messageBytes = shape.messageBytes();
        echo = new EchoProtocol(messageBytes, shape.connections());
        connections = new Connection[shape.connections()];
    }

    @Override
    public int requestBytes() {
        return messageBytes + RECORD_OVERHEAD;
    }

    @Override
    public void opened(int number, int socket, Sockets sockets) throws IOException {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(true);
        Connection connection = new Connection(engine, requestBytes());
        connections[number] = connection;
        engine.beginHandshake();
        boolean isHandshaking = true;
        while (isHandshaking) {
            isHandshaking = continueHandshake(connection, socket, sockets);
        }
    }

    /** Does the next step of the handshake, and blocks while it needs bytes of the server. Returns whether there was one. */
    private boolean continueHandshake(Connection connection, int socket, Sockets sockets) throws IOException {
        SSLEngine engine = connection.engine;
        switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> engine.getDelegatedTask().run();
            case NEED_WRAP -> {
                SSLEngineResult result = engine.wrap(NOTHING, encrypted.first(BUFFER_BYTES));
                sendAll(socket, result.bytesProduced(), sockets);
            }
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                if (!hasDecryptedRest(connection)) {
                    int count = sockets.receiveBlocking(socket, encrypted);
                    if (count < 0) {
                        throw new IOException("the server has closed the connection in the TLS handshake");
                    }
                    decrypt(connection, encrypted, count);
                }
            }
            case FINISHED, NOT_HANDSHAKING -> {
                return false;
            }
        }
        return true;
    }

    /** Decrypts records that arrived with earlier ones. Returns whether there was one. */
    private boolean hasDecryptedRest(Connection connection) throws IOException {
        int before = connection.rest.remaining();
        if (before == 0) {
            return false;
        }
        decrypt(connection, encrypted, 0);
        return connection.rest.remaining() < before;
    }

    private void sendAll(int socket, int length, Sockets sockets) throws IOException {
        for (int sent = 0; sent < length; ) {
            sent += sockets.send(socket, encrypted, sent, length - sent);
        }
    }

    @Override
    public void write(Bytes out, int number, int first, int count) throws IOException {
        Connection connection = connections[number];
        if (connection.recordOf != first) {
            echo.write(plain, number, first, count);
            SSLEngineResult result = connection.engine.wrap(plain.first(messageBytes), encrypted.first(BUFFER_BYTES));
            if (result.bytesProduced() != requestBytes()) {
                throw new IOException("a record of " + messageBytes + " bytes is not " + requestBytes()
                        + " bytes long, as the JDK makes it: " + result);
            }
            encrypted.copyTo(connection.record, 0, requestBytes());
            connection.recordOf = first;
        }
        out.put(0, connection.record);
    }

    @Override
    public int read(int number, Bytes in, int count) throws IOException {
        int length = decrypt(connections[number], in, count);
        return length == 0 ? 0 : echo.read(number, plain, length);
    }

    /**
     * Decrypts what has arrived, up to the last complete record, to the start of {@code plain}. Stops where the handshake has
     * something else to do. Returns the number of decrypted bytes.
     */
    private int decrypt(Connection connection, Bytes in, int count) throws IOException {
        ByteBuffer arrived = joined(connection.rest, in.first(count));
        ByteBuffer target = plain.first(BUFFER_BYTES);
        SSLEngineResult result;
        do {
            result = connection.engine.unwrap(arrived, target);
            if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                throw new IOException("closed by the server");
            }
        } while (arrived.hasRemaining() && result.bytesConsumed() > 0);
        connection.rest = arrived.hasRemaining()
                ? ByteBuffer.allocate(arrived.remaining()).put(arrived).flip()
                : NOTHING;
        return target.position();
    }

    private static ByteBuffer joined(ByteBuffer first, ByteBuffer second) {
        return first.hasRemaining()
                ? ByteBuffer.allocate(first.remaining() + second.remaining())
                        .put(first)
                        .put(second)
                        .flip()
                : second;
    }
}
