package dev.weft.http.jdk;

import com.sun.net.httpserver.Authenticator;
import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpPrincipal;
import dev.weft.Cancelled;
import dev.weft.Weft;
import dev.weft.http.HttpRequest;
import dev.weft.http.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** A request and its response. Used by one thread at a time, which need not be the loop's. */
final class WeftHttpExchange extends HttpExchange {
    private static final System.Logger LOGGER = System.getLogger("dev.weft.http.jdk");

    /** How an exchange ends. */
    private enum End {
        /** The response has been sent. */
        COMPLETE,
        /** The connection is closed. */
        ABORTED
    }

    private final WeftHttpContext context;
    private final HttpRequest request;
    private final HttpResponse response;
    private final URI uri;
    private final InetSocketAddress localAddress;
    private final Headers requestHeaders;
    private final Headers responseHeaders = new Headers();
    private final LoopIo io = new LoopIo();
    private final ReplyStream reply = new ReplyStream(this);
    private final CompletableFuture<End> end = new CompletableFuture<>();
    private InputStream requestBody; // or what filters have put around it
    private OutputStream responseBody = reply; // likewise
    private int status = -1;
    private @Nullable HttpPrincipal principal;

    WeftHttpExchange(WeftHttpContext context, HttpRequest request, HttpResponse response, URI uri) throws IOException {
        this.context = context;
        this.request = request;
        this.response = response;
        this.uri = uri;
        localAddress = request.localAddress();
        requestHeaders = Headers.of(copy(request));
        requestBody = new RequestStream(io.anywhere(request.body().stream()));
    }

    private static Headers copy(HttpRequest request) {
        Headers copy = new Headers();
        for (Map.Entry<String, String> field : request.headers()) {
            copy.add(field.getKey(), field.getValue());
        }
        return copy;
    }

    /** Has {@code handler} answer, here or by {@code executor}, and waits until the exchange has ended. On the loop. */
    void serve(HttpHandler handler, @Nullable Executor executor) {
        try {
            if (executor == null) {
                run(handler);
            } else {
                executor.execute(() -> run(handler));
            }
            if (Weft.await(end) == End.ABORTED) {
                response.abort();
            }
        } finally {
            io.end();
        }
    }

    private void run(HttpHandler handler) {
        try {
            HttpExchange face = request.isSecure() ? new WeftHttpsExchange(this) : this;
            Authenticator authenticator = context.getAuthenticator();
            HttpHandler inner = authenticator == null
                    ? handler
                    : new Filter.Chain(List.of(new AuthenticationFilter(authenticator, this)), handler)::doFilter;
            new Filter.Chain(context.getFilters(), inner).doFilter(face);
        } catch (Cancelled e) {
            abort();
            throw e;
        } catch (Exception e) {
            if (abort()) {
                LOGGER.log(levelOf(e), "the handler of " + request + " failed", e);
            }
        } catch (Throwable t) {
            abort();
            throw t;
        }
    }

    /** Returns the level at which {@code failure} is logged: input and output often fail because the client has left. */
    private static System.Logger.Level levelOf(Exception failure) {
        return failure instanceof IOException ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING;
    }

    /** Ends the exchange, whose response has been sent. */
    void end() {
        end.complete(End.COMPLETE);
    }

    /** Has the connection closed, unless the exchange has ended; returns whether it has not. */
    boolean abort() {
        return end.complete(End.ABORTED);
    }

    @Override
    public void sendResponseHeaders(int status, long length) throws IOException {
        if (this.status != -1) {
            throw new IOException("the response headers have been sent, with status " + this.status);
        }
        this.status = status;
        boolean hasBody = io.call(() -> {
            prepare();
            return begin(length);
        });
        if (!hasBody) {
            reply.end();
        }
    }

    private void prepare() {
        response.status(status);
        responseHeaders.forEach(
                (name, values) -> values.forEach(value -> response.headers().add(name, value)));
        response.headers().remove("Transfer-Encoding").remove("Date"); // the server's
        if (!isHead() && status != 304) {
            response.headers().remove("Content-Length");
        }
    }

    private boolean isHead() {
        return request.method().equals("HEAD");
    }

    /** Sends a response without a body, or opens the stream for it. Returns whether there is a body. */
    private boolean begin(long length) throws IOException {
        boolean mayHaveBody = status != 204 && status != 304;
        if (isHead() && mayHaveBody && !response.headers().contains("Content-Length")) {
            response.stream().flush(); // names no length
            return false;
        }
        if (isHead() || !mayHaveBody || length < 0) {
            response.send();
            return false;
        }
        if (length > 0) {
            response.header("Content-Length", Long.toString(length));
            reply.begin(io.anywhere(response.stream()), length);
        } else {
            reply.begin(io.anywhere(response.stream()));
        }
        return true;
    }

    @Override
    public void close() {
        if (status == -1) {
            abort();
            return;
        }
        try {
            requestBody.close();
            responseBody.close();
        } catch (IOException e) {
            abort();
        }
    }

    @Override
    public InputStream getRequestBody() {
        return requestBody;
    }

    @Override
    public OutputStream getResponseBody() {
        return responseBody;
    }

    @Override
    public void setStreams(@Nullable InputStream in, @Nullable OutputStream out) {
        requestBody = Objects.requireNonNullElse(in, requestBody);
        responseBody = Objects.requireNonNullElse(out, responseBody);
    }

    @Override
    public Headers getRequestHeaders() {
        return requestHeaders;
    }

    @Override
    public Headers getResponseHeaders() {
        return responseHeaders;
    }

    @Override
    public URI getRequestURI() {
        return uri;
    }

    @Override
    public String getRequestMethod() {
        return request.method();
    }

    @Override
    public HttpContext getHttpContext() {
        return context;
    }

    @Override
    public InetSocketAddress getRemoteAddress() {
        return request.remoteAddress();
    }

    @Override
    public int getResponseCode() {
        return status;
    }

    @Override
    public InetSocketAddress getLocalAddress() {
        return localAddress;
    }

    @Override
    public String getProtocol() {
        return request.version().toString();
    }

    /** Returns an attribute of the context, as the JDK's server does: all its exchanges share them. */
    @Override
    public @Nullable Object getAttribute(String name) {
        return context.getAttributes().get(name);
    }

    /** Sets an attribute of the context. */
    @Override
    public void setAttribute(String name, @Nullable Object value) {
        if (value == null) {
            context.getAttributes().remove(name);
        } else {
            context.getAttributes().put(name, value);
        }
    }

    @Override
    public @Nullable HttpPrincipal getPrincipal() {
        return principal;
    }

    void principal(HttpPrincipal authenticated) {
        principal = authenticated;
    }

    SSLSession session() {
        return request.tlsSession().orElseThrow();
    }

    @Override
    public String toString() {
        return "exchange of " + request;
    }
}
