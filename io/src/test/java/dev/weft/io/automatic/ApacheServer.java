package dev.weft.io.automatic;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Weft;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.HttpProcessors;
import org.apache.hc.core5.http.impl.io.DefaultBHttpServerConnection;
import org.apache.hc.core5.http.impl.io.DefaultBHttpServerConnectionFactory;
import org.apache.hc.core5.http.impl.io.HttpService;
import org.apache.hc.core5.http.io.HttpRequestHandler;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.jspecify.annotations.Nullable;

/**
 * Apache HttpCore's blocking protocol code in a loop of ours: a greenlet accepts, and each connection has one of its own.
 * (HttpCore's ready-made {@code HttpServer} makes its own threads, and can be given no others.)
 */
final class ApacheServer implements RunningServer {
    private final ServerSocket listener;
    private final Site site;
    private final Greenlet<@Nullable Void> acceptor;
    private final HttpService service;
    private final DefaultBHttpServerConnectionFactory connections = DefaultBHttpServerConnectionFactory.builder()
            .http1Config(Http1Config.custom()
                    .setMaxLineLength(8192)
                    .setMaxHeaderCount(100)
                    .build())
            .build();

    ApacheServer(Loop loop, Site site) throws IOException {
        this.site = site;
        listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        HttpRequestHandler handler = this::handle;
        service = new HttpService(HttpProcessors.server(), (request, context) -> handler, null, null);
        acceptor = loop.spawn("acceptor", () -> accept(loop));
    }

    private void accept(Loop loop) throws IOException {
        try {
            while (true) {
                Socket socket = listener.accept();
                loop.spawn("connection " + socket.getPort(), () -> serve(socket));
            }
        } catch (SocketException e) {
            if (!listener.isClosed()) {
                throw e;
            }
        }
    }

    private void serve(Socket socket) throws HttpException {
        try (DefaultBHttpServerConnection connection = connections.createConnection(socket)) {
            while (connection.isOpen()) {
                service.handleRequest(connection, HttpCoreContext.create());
            }
        } catch (ConnectionClosedException e) {
            return; // the client has had enough
        } catch (IOException e) {
            System.getLogger("apache").log(System.Logger.Level.DEBUG, "a connection broke", e);
        }
    }

    private void handle(ClassicHttpRequest request, ClassicHttpResponse response, HttpContext context)
            throws IOException {
        byte[] answer;
        if (request.getEntity() == null) {
            answer = site.answer(request.getPath(), InputStream.nullInputStream());
        } else {
            try (InputStream body = request.getEntity().getContent()) {
                answer = site.answer(request.getPath(), body);
            }
        }
        response.setCode(200);
        response.setEntity(new ByteArrayEntity(answer, ContentType.APPLICATION_OCTET_STREAM));
    }

    @Override
    public int port() {
        return listener.getLocalPort();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Weft.joinAll(List.of(acceptor), Duration.ofSeconds(10));
    }
}
