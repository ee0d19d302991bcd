package dev.weft.io.automatic;

import dev.weft.Loop;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.api.BeforeAll;

/** Apache HttpClient 5, classic, with its pool of connections. It has no threads. */
final class ApacheClientTest extends HttpClientContract {
    /** This class of the JDK, which the client asks, makes three sockets and leaves them to the garbage collector. */
    @BeforeAll
    static void loadWhatLeavesSocketsBehind() throws ClassNotFoundException {
        Class.forName("jdk.net.Sockets");
    }

    @Override
    Client open(Loop loop, Duration patience) {
        Timeout timeout = Timeout.of(patience);
        PoolingHttpClientConnectionManager pool = PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnTotal(CROWD)
                .setMaxConnPerRoute(CROWD)
                .setTlsSocketStrategy(new DefaultClientTlsStrategy(Certificate.context()))
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(timeout)
                        .setSocketTimeout(timeout)
                        .build())
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .http1Config(Http1Config.custom() // unless set, a header may have any size
                                .setMaxLineLength(8192)
                                .setMaxHeaderCount(100)
                                .build())
                        .build())
                .build();
        RequestConfig request = RequestConfig.custom()
                .setConnectionRequestTimeout(timeout)
                .setResponseTimeout(timeout)
                .build();
        return new ApacheClient(HttpClients.custom()
                .setConnectionManager(pool)
                .setDefaultRequestConfig(request)
                .disableAutomaticRetries()
                .build());
    }

    private record ApacheClient(CloseableHttpClient client) implements Client {
        @Override
        public byte[] get(URI page) throws IOException {
            return send(new HttpGet(page));
        }

        @Override
        public byte[] post(URI page, byte[] body) throws IOException {
            HttpPost request = new HttpPost(page);
            request.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_OCTET_STREAM));
            return send(request);
        }

        private byte[] send(ClassicHttpRequest request) throws IOException {
            return client.execute(request, response -> {
                if (response.getCode() != 200) {
                    throw new IOException("status " + response.getCode());
                }
                return EntityUtils.toByteArray(response.getEntity());
            });
        }

        @Override
        public void close() throws IOException {
            client.close();
        }
    }
}
