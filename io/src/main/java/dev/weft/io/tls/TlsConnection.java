package dev.weft.io.tls;

import dev.weft.Weft;
import dev.weft.io.SocketStream;
import dev.weft.io.selector.LoopLocal;
import dev.weft.io.selector.Operation;
import dev.weft.io.selector.SelectedChannel;
import dev.weft.io.selector.SelectedStream;
import dev.weft.lowlevel.Suspension;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** A socket with its TLS engine; performs the handshake. Confined to the loop's thread. */
final class TlsConnection implements SelectedChannel.Layer {
    private static final LoopLocal<RecordBuffers> RECORD_BUFFERS = LoopLocal.withInitial(RecordBuffers::new);
    private static final ByteBuffer[] NO_BUFFERS = {};
    private static final TlsInput.Decryption<ByteBuffer[]> FEED =
            (input, none) -> input.tryFeed() ? 0 : Operation.AGAIN;
    private static final Operation<TlsOutput, ByteBuffer[]> FLUSH =
            (output, none) -> output.tryFlush() ? 0 : Operation.AGAIN;

    final SSLEngine engine;
    final SocketStream socket;
    final SelectedStream stream; // the socket's
    final TlsInput input;
    final TlsOutput output;
    private final @Nullable String host; // the server's name; null on the server side
    private final String description;
    private boolean computing; // another thread is using the engine and holds its lock

    TlsConnection(SSLEngine engine, SocketStream socket, @Nullable String host) {
        this.engine = engine;
        this.socket = socket;
        this.host = host;
        stream = SelectedStream.below(socket);
        description = "tls " + (host == null ? "" : host + " ") + "over " + socket;
        RecordBuffers buffers = RECORD_BUFFERS.get(stream.loop());
        output = new TlsOutput(engine, stream, buffers);
        input = new TlsInput(description, engine, stream, buffers, output);
    }

    /** Performs the handshake. Closes the socket on any failure. */
    void handshake() throws IOException {
        stream.passTo(this);
        try {
            stream.in().occupy();
            try {
                stream.out().occupy();
                try {
                    negotiate();
                } finally {
                    stream.out().vacate();
                }
            } finally {
                stream.in().vacate();
            }
        } catch (SSLException e) {
            output.trySendOwn(); // the alert
            SSLException explained = TlsFailure.inHandshake(this, host, input.rest(), e);
            socket.close();
            throw explained;
        } catch (Throwable t) {
            socket.close();
            throw t;
        }
    }

    private void negotiate() throws IOException {
        if (host != null) {
            compute(new HandshakeWork(true)); // generates keys
        } else {
            engine.beginHandshake();
        }
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> compute(new HandshakeWork(false));
                case NEED_WRAP -> {
                    flush();
                    output.encryptOwn();
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    flush();
                    feed();
                }
                case NOT_HANDSHAKING, FINISHED -> {
                    flush();
                    if (engine.isInboundDone() || engine.isOutboundDone()) {
                        throw new SSLHandshakeException("the peer cancelled the handshake");
                    }
                    return;
                }
            }
        }
    }

    private void feed() throws IOException {
        Suspension.checkpoint(); // a peer may send large amounts of invalid input
        if (!input.tryFeed()) {
            stream.in().performWhenReady(input, NO_BUFFERS, FEED, null);
        }
    }

    private void flush() throws IOException {
        if (!output.tryFlush()) {
            stream.out().performWhenReady(output, NO_BUFFERS, FLUSH, null);
        }
    }

    private void compute(HandshakeWork work) throws SSLException {
        computing = true;
        try {
            SSLException failure = Weft.compute(work);
            if (failure != null) {
                throw failure;
            }
        } finally {
            computing = false;
        }
    }

    /** The cryptographic part of the handshake (keys and certificates). Takes a millisecond or more, so it runs off the loop. */
    private final class HandshakeWork implements Callable<@Nullable SSLException> {
        private final boolean begins;

        HandshakeWork(boolean begins) {
            this.begins = begins;
        }

        @Override
        public @Nullable SSLException call() {
            try {
                if (begins) {
                    engine.beginHandshake();
                }
            } catch (SSLException e) {
                return e;
            }
            Runnable task;
            while ((task = engine.getDelegatedTask()) != null) {
                task.run();
            }
            return null;
        }

        @Override
        public String toString() {
            return "TLS handshake of " + TlsConnection.this;
        }
    }

    @Override
    public void beforeClose() {
        if (!computing) {
            output.beforeClose();
            input.beforeClose();
        }
    }

    @Override
    public String toString() {
        return description;
    }
}
