package dev.weft.io.automatic;

import dev.weft.Loop;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** OkHttp, by its blocking {@code execute}. Its task runner and watchdog are platform threads of its own. */
final class OkHttpTest extends HttpClientContract {
    @Override
    Client open(Loop loop, Duration patience) {
        return new OkClient(new OkHttpClient.Builder()
                .sslSocketFactory(Certificate.context().getSocketFactory(), Certificate.trustManager())
                .protocols(List.of(Protocol.HTTP_1_1))
                .connectTimeout(patience)
                .readTimeout(patience)
                .writeTimeout(patience)
                .build());
    }

    @Override
    String[] keptThreads() {
        return new String[] {"OkHttp", "Okio"};
    }

    private record OkClient(OkHttpClient client) implements Client {
        @Override
        public byte[] get(URI page) throws IOException {
            return send(new Request.Builder().url(page.toString()));
        }

        @Override
        public byte[] post(URI page, byte[] body) throws IOException {
            return send(new Request.Builder().url(page.toString()).post(RequestBody.create(body)));
        }

        private byte[] send(Request.Builder request) throws IOException {
            try (Response response = client.newCall(request.build()).execute()) {
                if (response.code() != 200) {
                    throw new IOException("status " + response.code());
                }
                return response.body().bytes();
            }
        }

        @Override
        public void close() {
            client.connectionPool().evictAll();
            client.dispatcher().executorService().shutdown();
        }
    }
}
