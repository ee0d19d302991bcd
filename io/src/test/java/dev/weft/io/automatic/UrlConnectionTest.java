package dev.weft.io.automatic;

import dev.weft.Loop;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;

/** The JDK's {@code HttpURLConnection}, on the JDK's own plain sockets. */
final class UrlConnectionTest extends HttpClientContract {
    @Override
    Client open(Loop loop, Duration patience) {
        return new UrlClient((int) patience.toMillis());
    }

    private record UrlClient(int timeoutMillis, SSLSocketFactory tls, Set<URI> servers) implements Client {
        private static final int MOST_IDLE = 5; // the JDK keeps no more to a server

        UrlClient(int timeoutMillis) {
            this(timeoutMillis, Certificate.context().getSocketFactory(), ConcurrentHashMap.newKeySet());
        }

        @Override
        public byte[] get(URI page) throws IOException {
            return read(connection(page));
        }

        @Override
        public byte[] post(URI page, byte[] body) throws IOException {
            HttpURLConnection connection = connection(page);
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(body.length);
            connection.getOutputStream().write(body);
            return read(connection);
        }

        private HttpURLConnection connection(URI page) throws IOException {
            HttpURLConnection connection = (HttpURLConnection) page.toURL().openConnection();
            if (connection instanceof HttpsURLConnection secured) {
                secured.setSSLSocketFactory(tls); // the same for all: idle connections are kept by it
            }
            connection.setConnectTimeout(timeoutMillis);
            connection.setReadTimeout(timeoutMillis);
            servers.add(page.resolve("/"));
            return connection;
        }

        private static byte[] read(HttpURLConnection connection) throws IOException {
            if (connection.getResponseCode() != 200) {
                throw new IOException("status " + connection.getResponseCode());
            }
            try (InputStream in = connection.getInputStream()) {
                return in.readAllBytes();
            }
        }

        /** Has the idle connections closed, which the JDK would keep for seconds. */
        @Override
        public void close() throws IOException {
            for (URI server : servers) {
                for (int i = 0; i < MOST_IDLE; i++) {
                    HttpURLConnection connection = connection(server.resolve("/fine"));
                    connection.getInputStream().readAllBytes();
                    connection.disconnect(); // closes one that is idle, as this one is now
                }
            }
        }
    }
}
