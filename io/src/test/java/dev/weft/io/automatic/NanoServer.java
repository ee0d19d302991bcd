package dev.weft.io.automatic;

import dev.weft.Loop;
import fi.iki.elonen.NanoHTTPD;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.logging.Level;
import java.util.logging.Logger;

/** NanoHTTPD, a greenlet for each connection by way of its {@code AsyncRunner}. The thread that accepts is its own. */
final class NanoServer extends NanoHTTPD implements RunningServer {
    private static final Logger LOGGER = Logger.getLogger("fi.iki.elonen");

    static {
        LOGGER.setLevel(Level.OFF); // it tells of every client that leaves
    }

    private final Site site;

    NanoServer(Loop loop, Site site) throws IOException {
        super("127.0.0.1", 0);
        this.site = site;
        setAsyncRunner(new Greenlets(loop.executor()));
        start(SOCKET_READ_TIMEOUT * 4, true);
    }

    private static final class Greenlets implements AsyncRunner {
        private final Executor executor;
        private final Set<ClientHandler> connections = ConcurrentHashMap.newKeySet();

        Greenlets(Executor executor) {
            this.executor = executor;
        }

        @Override
        public void exec(ClientHandler connection) {
            connections.add(connection);
            executor.execute(connection);
        }

        @Override
        public void closed(ClientHandler connection) {
            connections.remove(connection);
        }

        @Override
        public void closeAll() {
            connections.forEach(ClientHandler::close);
        }
    }

    @Override
    public Response serve(IHTTPSession session) {
        Map<String, String> headers = session.getHeaders();
        try {
            int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
            byte[] body = session.getInputStream().readNBytes(length);
            if (body.length < length) {
                throw new IOException("the body ends after " + body.length + " of " + length + " bytes");
            }
            InputStream answer =
                    new ByteArrayInputStream(site.answer(session.getUri(), new ByteArrayInputStream(body)));
            return newFixedLengthResponse(Response.Status.OK, "application/octet-stream", answer, answer.available());
        } catch (IOException e) {
            return newFixedLengthResponse(Response.Status.INTERNAL_ERROR, MIME_PLAINTEXT, e.toString());
        }
    }

    @Override
    public int port() {
        return getListeningPort();
    }

    @Override
    public void close() {
        stop();
    }
}
