package dev.weft.io;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** The oracle: the JDK's {@link SSLSocket}, on a plain socket that a test can do harm to. */
final class TlsPeer implements Peer {
    private static final int LARGEST_READ = 64 * 1024;

    final Socket raw;
    final SSLSocket socket;

    private TlsPeer(Socket raw, SSLSocket socket) throws IOException {
        this.raw = raw;
        this.socket = socket;
        raw.setTcpNoDelay(true); // or a record waits for the acknowledgement of the one before
    }

    /** Not yet shaken hands. */
    static TlsPeer client(SSLContext context, String host, int port) throws IOException {
        Socket raw = new Socket(InetAddress.getLoopbackAddress(), port);
        return new TlsPeer(raw, (SSLSocket) context.getSocketFactory().createSocket(raw, host, port, true));
    }

    /** Not yet shaken hands. */
    static TlsPeer server(SSLContext context, ServerSocket listener) throws IOException {
        Socket raw = listener.accept();
        SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(raw, "client of a test", raw.getPort(), true);
        socket.setUseClientMode(false);
        return new TlsPeer(raw, socket);
    }

    static ServerSocket listener() throws IOException {
        return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    TlsPeer with(Consumer<SSLParameters> change) {
        SSLParameters parameters = socket.getSSLParameters();
        change.accept(parameters);
        socket.setSSLParameters(parameters);
        return this;
    }

    /** Shakes hands on a thread; a failure is the future's. */
    CompletableFuture<TlsPeer> shakeHands() {
        CompletableFuture<TlsPeer> done = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                socket.startHandshake();
                done.complete(this);
            } catch (IOException | RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        byte[] bytes = new byte[Math.min(LARGEST_READ, target.remaining())];
        int count = socket.getInputStream().read(bytes);
        if (count > 0) {
            target.put(bytes, 0, count);
        }
        return count;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        socket.getOutputStream().write(bytes);
        return bytes.length;
    }

    @Override
    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** The connection ends without a word of TLS. */
    void breakOff() throws IOException {
        raw.close();
    }

    @Override
    public void reset() throws IOException {
        raw.setSoLinger(true, 0);
        raw.close();
    }

    @Override
    public boolean isOpen() {
        return !socket.isClosed();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
