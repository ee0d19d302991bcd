package dev.weft.bench.rival.vertx;

import dev.weft.bench.rival.Rival;
import dev.weft.bench.rival.Service;
import dev.weft.bench.rival.Terms;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.ProtocolException;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/** The three services that speak HTTP. */
final class HttpVerticle extends VerticleBase {
    private static final Buffer BODY = Buffer.buffer(Service.BODY);
    private static final CharSequence TEXT = HttpHeaders.createOptimized("text/plain");
    private static final int POOL_SIZE = 10_000;

    private final Terms terms;
    private final IntConsumer listening;

    HttpVerticle(Terms terms, IntConsumer listening) {
        this.terms = terms;
        this.listening = listening;
    }

    @Override
    public Future<?> start() {
        return vertx.createHttpServer(new HttpServerOptions().setAcceptBacklog(Rival.BACKLOG))
                .connectionHandler(connection -> connection.exceptionHandler(HttpVerticle::ignore))
                .requestHandler(handler())
                .listen(TcpVerticle.SHARED_FREE_PORT, "127.0.0.1")
                .onSuccess(server -> listening.accept(server.actualPort()));
    }

    /** A reset ends its connection alone, and is not logged. */
    private static void ignore(Throwable failure) {}

    private Handler<HttpServerRequest> handler() {
        if (terms.service() == Service.HTTP) {
            return request -> answer(request, BODY);
        }
        Supplier<Future<Buffer>> backend = backend();
        if (terms.service() == Service.BACKEND) {
            return request -> answer(request, backend.get());
        }
        return request -> answer(request, three(backend));
    }

    private static void answer(HttpServerRequest request, Buffer body) {
        request.response().putHeader(HttpHeaders.CONTENT_TYPE, TEXT).end(body);
    }

    private static void answer(HttpServerRequest request, Future<Buffer> body) {
        body.onSuccess(whole -> answer(request, whole))
                .onFailure(failure -> request.connection().close());
    }

    /** One call; then two side by side. */
    private static Future<Buffer> three(Supplier<Future<Buffer>> backend) {
        return backend.get().compose(first -> {
            Future<Buffer> second = backend.get();
            Future<Buffer> third = backend.get();
            return Future.all(second, third)
                    .map(both -> Buffer.buffer()
                            .appendBuffer(first)
                            .appendBuffer(second.result())
                            .appendBuffer(third.result()));
        });
    }

    private Supplier<Future<Buffer>> backend() {
        HttpClient client = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(POOL_SIZE));
        RequestOptions options = new RequestOptions()
                .setHost("127.0.0.1")
                .setPort(terms.requiredUpstream().getPort())
                .setURI("/");
        return () -> client.request(options).compose(HttpClientRequest::send).compose(HttpVerticle::body);
    }

    private static Future<Buffer> body(HttpClientResponse response) {
        if (response.statusCode() != 200) {
            return Future.failedFuture(new ProtocolException("status " + response.statusCode()));
        }
        return response.body();
    }
}
