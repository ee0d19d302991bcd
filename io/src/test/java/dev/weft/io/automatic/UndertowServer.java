package dev.weft.io.automatic;

import dev.weft.Loop;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.xnio.Options;

/** Undertow; each request is dispatched to the loop's executor. Connections are read by threads of Undertow's own. */
final class UndertowServer implements RunningServer {
    private final Undertow server;

    UndertowServer(Loop loop, Site site) {
        server = Undertow.builder()
                .addHttpListener(0, "127.0.0.1")
                .setIoThreads(1)
                .setWorkerThreads(1)
                .setSocketOption(Options.BACKLOG, 1024)
                .setServerOption(UndertowOptions.SHUTDOWN_TIMEOUT, 0)
                .setHandler(exchange -> exchange.dispatch(loop.executor(), inGreenlet -> serve(inGreenlet, site)))
                .build();
        server.start();
    }

    private static void serve(HttpServerExchange exchange, Site site) throws IOException {
        exchange.startBlocking();
        byte[] answer = site.answer(exchange.getRequestPath(), exchange.getInputStream());
        exchange.setResponseContentLength(answer.length);
        exchange.getOutputStream().write(answer);
        exchange.endExchange();
    }

    @Override
    public int port() {
        return ((InetSocketAddress) server.getListenerInfo().getFirst().getAddress()).getPort();
    }

    @Override
    public void close() {
        server.stop();
    }
}
