package dev.weft.io.automatic;

import dev.weft.Loop;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Jetty with a servlet, HTTP/1.1 and HTTP/2 in clear text: {@code setVirtualThreadsExecutor} takes the loop's executor, and
 * requests are greenlets. Acceptors and selectors stay on threads of Jetty's own.
 */
final class JettyServer implements RunningServer {
    private final Server server;
    private final ServerConnector connector;

    JettyServer(Loop loop, Site site) throws Exception {
        QueuedThreadPool threads = new QueuedThreadPool(8);
        threads.setVirtualThreadsExecutor(loop.executor());
        server = new Server(threads);
        HttpConfiguration configuration = new HttpConfiguration();
        HTTP2CServerConnectionFactory http2 = new HTTP2CServerConnectionFactory(configuration);
        http2.setMaxConcurrentStreams(1000);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration), http2);
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
