package dev.weft.io;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.io.tls.Tls;
import dev.weft.io.tls.TlsStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;

/** TLS 1.3 over TCP, with the stream in either role. */
enum TlsFamily implements StreamFamily {
    SERVER {
        @Override
        SocketContract.Pair pair(Path directory, String protocol) throws IOException {
            try (TcpListener listener = TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
                TlsPeer peer = TlsPeer.client(clientContext(), "localhost", listener.port())
                        .with(parameters -> parameters.setProtocols(new String[] {protocol}));
                return pairOf(peer, () -> SERVER_TLS.server(listener.accept()));
            }
        }
    },

    CLIENT {
        @Override
        SocketContract.Pair pair(Path directory, String protocol) throws IOException {
            try (ServerSocket listener = TlsPeer.listener()) {
                TcpStream socket = TcpStream.connect("127.0.0.1", listener.getLocalPort());
                TlsPeer peer = TlsPeer.server(SERVER_CONTEXT, listener)
                        .with(parameters -> parameters.setProtocols(new String[] {protocol}));
                return pairOf(
                        peer,
                        () -> Tls.of(clientContext())
                                .handshakeTimeout(SocketContract.LONG)
                                .client(socket, "localhost"));
            }
        }
    };

    static final SSLContext SERVER_CONTEXT = Certificates.context(Certificates.SERVER);
    private static final Tls SERVER_TLS = Tls.of(SERVER_CONTEXT).handshakeTimeout(SocketContract.LONG);

    @FunctionalInterface
    interface Opening {
        TlsStream open() throws IOException;
    }

    static SSLContext clientContext() {
        return Certificates.context();
    }

    /** As {@link #pair(Path)}, with a version of TLS that the peer insists on. */
    abstract SocketContract.Pair pair(Path directory, String protocol) throws IOException;

    @Override
    public SocketContract.Pair pair(Path directory) throws IOException {
        return pair(directory, "TLSv1.3");
    }

    /** Both sides shake hands at the same time. */
    static SocketContract.Pair pairOf(TlsPeer peer, Opening opening) throws IOException {
        CompletableFuture<TlsPeer> shaken = peer.shakeHands();
        TlsStream stream;
        try {
            stream = opening.open();
        } catch (Throwable t) {
            peer.close();
            throw t;
        }
        Weft.await(shaken);
        return new SocketContract.Pair(stream, peer);
    }

    @Override
    public SocketContract.Ends ends(Path directory) throws IOException {
        return ends(
                SocketFamily.TCP, directory, Tls.of(clientContext()).handshakeTimeout(SocketContract.LONG), SERVER_TLS);
    }

    /** The first is the client. */
    static SocketContract.Ends ends(SocketFamily sockets, Path directory, Tls client, Tls server) throws IOException {
        try (var listener = sockets.listen(directory)) {
            SocketStream below = sockets.connect(listener.localAddress(), null);
            Greenlet<TlsStream> shaking = Weft.spawn(() -> client.client(below, "localhost"));
            TlsStream other = server.server(listener.accept());
            return new SocketContract.Ends(shaking.join(), other);
        }
    }
}
