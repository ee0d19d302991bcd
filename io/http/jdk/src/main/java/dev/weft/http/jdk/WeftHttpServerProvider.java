package dev.weft.http.jdk;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import com.sun.net.httpserver.spi.HttpServerProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Makes {@link HttpServer#create} return servers of Weft. With this artifact on the class path or module path, {@link
 * HttpServerProvider#provider} finds it; code that uses {@code com.sun.net.httpserver} needs no change.
 *
 * <p>A server that is started by a greenlet runs on the loops of its group. Otherwise it opens a loop of its own, whose thread keeps
 * the JVM alive, and closes it when it is stopped. Without an executor, each connection's requests are handled by a greenlet of such
 * a loop, so handlers that wait do not hold each other up, unlike with the JDK's server. With an executor, handlers run in its
 * threads, and their reads and writes are carried out by the loop.
 *
 * <p>It differs from the JDK's server in these points:
 *
 * <ul>
 *   <li>Requests are checked as strictly as by {@link dev.weft.http.HttpServer}; also paths with dot segments are answered with 400.
 *   <li>{@code 100 Continue} is sent when the body is first read.
 *   <li>When the client leaves, a handler that runs on the loop is killed: its waits throw {@link dev.weft.Cancelled} or {@link
 *       InterruptedException}. So is one that has not ended when the delay of {@code stop} is over.
 *   <li>A request whose body arrives too slowly is answered with 408; the rate is that of {@link dev.weft.http.HttpLimits}.
 *   <li>The properties {@code sun.net.httpserver.*} have no effect.
 * </ul>
 */
public final class WeftHttpServerProvider extends HttpServerProvider {
    /** Creates a provider; for {@link java.util.ServiceLoader}. */
    public WeftHttpServerProvider() {}

    /** Returns a server, bound to {@code address} unless that is null. Any thread. */
    @Override
    public HttpServer createHttpServer(@Nullable InetSocketAddress address, int backlog) throws IOException {
        return bound(new WeftHttpServer(), address, backlog);
    }

    /** Returns a server for HTTPS, bound to {@code address} unless that is null. Any thread. */
    @Override
    public HttpsServer createHttpsServer(@Nullable InetSocketAddress address, int backlog) throws IOException {
        return bound(new WeftHttpsServer(), address, backlog);
    }

    private static <S extends HttpServer> S bound(S server, @Nullable InetSocketAddress address, int backlog)
            throws IOException {
        if (address != null) {
            server.bind(address, backlog);
        }
        return server;
    }
}
