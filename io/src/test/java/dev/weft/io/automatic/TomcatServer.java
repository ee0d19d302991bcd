package dev.weft.io.automatic;

import dev.weft.Loop;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.AbstractProtocol;

/** Tomcat with a servlet; the connector's executor is the loop's. Its acceptor and its poller stay on threads of its own. */
final class TomcatServer implements RunningServer {
    private static final Logger LOGGER = Logger.getLogger("org.apache");

    static {
        LOGGER.setLevel(Level.OFF); // it reports each start, and each request that fails
    }

    private final Tomcat tomcat = new Tomcat();
    private final Path directory = Files.createTempDirectory("weft-tomcat-");

    TomcatServer(Loop loop, Site site) throws IOException, LifecycleException {
        tomcat.setBaseDir(directory.toString());
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        connector.setProperty("acceptCount", "1024");
        ((AbstractProtocol<?>) connector.getProtocolHandler()).setExecutor(loop.executor());
        tomcat.setConnector(connector);
        Context context = tomcat.addContext("", null);
        Tomcat.addServlet(context, "site", new SiteServlet(site)).addMapping("/*");
        tomcat.start();
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
        return tomcat.getConnector().getLocalPort();
    }

    @Override
    public void close() {
        try {
            tomcat.stop();
            tomcat.destroy();
            ServerProcess.delete(directory);
        } catch (LifecycleException e) {
            throw new IllegalStateException("Tomcat does not stop", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
