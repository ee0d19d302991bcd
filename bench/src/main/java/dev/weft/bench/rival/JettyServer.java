package dev.weft.bench.rival;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Jetty's core server, without servlets, that runs its handlers on virtual threads. */
final class JettyServer implements Rival {
    @Override
    public void serve(Terms terms, IntConsumer listening) throws Exception {
        QueuedThreadPool threads = new QueuedThreadPool();
        threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        Server server = new Server(threads);
        ServerConnector connector = new ServerConnector(server);
        connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
        connector.setAcceptQueueSize(BACKLOG);
        connector.setIdleTimeout(TimeUnit.HOURS.toMillis(1)); // other servers are measured meanwhile
        server.addConnector(connector);
        server.setHandler(new Answering(Body.of(terms, Threads.virtual())));
        server.start();
        listening.accept(connector.getLocalPort());
    }

    /** May block, which is the default of its superclass. */
    private static final class Answering extends Handler.Abstract {
        private final Body body;

        Answering(Body body) {
            this.body = body;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws IOException {
            byte[] bytes = body.next();
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain");
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
            response.write(true, ByteBuffer.wrap(bytes), callback);
            return true;
        }
    }
}
