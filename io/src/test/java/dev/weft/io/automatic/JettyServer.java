package dev.weft.io.automatic;

import dev.weft.Loop;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Jetty with a servlet, HTTP/1.1 and HTTP/2, in clear text or over TLS with ALPN: {@code setVirtualThreadsExecutor} takes the
 * loop's executor, and requests are greenlets. Acceptors and selectors stay on threads of Jetty's own.
 */
final class JettyServer implements RunningServer {
    private static final int STREAMS = 1000;

    private final Server server;
    private final ServerConnector connector;

    /** What is spoken on a connection. */
    enum Wire {
        CLEAR {
            @Override
            ConnectionFactory[] protocols() {
                HttpConfiguration configuration = new HttpConfiguration();
                HTTP2CServerConnectionFactory http2 = new HTTP2CServerConnectionFactory(configuration);
                http2.setMaxConcurrentStreams(STREAMS);
                return new ConnectionFactory[] {new HttpConnectionFactory(configuration), http2};
            }
        },
        TLS {
            @Override
            ConnectionFactory[] protocols() {
                HttpConfiguration configuration = new HttpConfiguration();
                SecureRequestCustomizer secure = new SecureRequestCustomizer();
                secure.setSniHostCheck(false); // the clients name an address
                configuration.addCustomizer(secure);
                HTTP2ServerConnectionFactory http2 = new HTTP2ServerConnectionFactory(configuration);
                http2.setMaxConcurrentStreams(STREAMS);
                ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory("h2", "http/1.1");
                alpn.setDefaultProtocol("http/1.1");
                SslContextFactory.Server certificate = new SslContextFactory.Server();
                certificate.setSslContext(Certificate.context());
                SslConnectionFactory tls = new SslConnectionFactory(certificate, alpn.getProtocol());
                return new ConnectionFactory[] {tls, alpn, http2, new HttpConnectionFactory(configuration)};
            }
        };

        abstract ConnectionFactory[] protocols();
    }

    JettyServer(Loop loop, Site site) throws Exception {
        this(loop, site, Wire.CLEAR);
    }

    JettyServer(Loop loop, Site site, Wire wire) throws Exception {
        QueuedThreadPool threads = new QueuedThreadPool(8);
        threads.setVirtualThreadsExecutor(loop.executor());
        server = new Server(threads);
        connector = new ServerConnector(server, 1, 1, wire.protocols());
        connector.setHost("127.0.0.1");
        connector.setAcceptQueueSize(1024);
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler();
        context.addServlet(new ServletHolder(new SiteServlet(site)), "/*");
        server.setHandler(context);
        server.setStopTimeout(0);
        server.start();
    }

    private static final class SiteServlet extends HttpServlet {
        private static final long serialVersionUID = 1;

        private final transient Site site;

        SiteServlet(Site site) {
            this.site = site;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            byte[] answer = site.answer(request.getPathInfo(), request.getInputStream());
            response.setContentLength(answer.length);
            response.getOutputStream().write(answer);
        }
    }

    /** The address of a page over TLS. */
    URI securePage(String path) {
        return URI.create("https://127.0.0.1:" + port() + path);
    }

    @Override
    public int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("Jetty does not stop", e);
        }
    }
}
