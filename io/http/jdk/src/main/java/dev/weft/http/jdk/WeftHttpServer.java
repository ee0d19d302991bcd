package dev.weft.http.jdk;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.http.HttpException;
import dev.weft.http.HttpLimits;
import dev.weft.http.HttpRequest;
import dev.weft.http.HttpResponse;
import dev.weft.io.tls.Tls;
import dev.weft.lowlevel.Suspension;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A server for HTTP, and the part of a {@link WeftHttpsServer} that is the same. */
final class WeftHttpServer extends HttpServer {
    /** Those of the JDK's server, where it has some; bodies are not limited. */
    private static final HttpLimits LIMITS = HttpLimits.builder()
            .requestLine(64 << 10)
            .headers(200, 380 << 10)
            .body(Long.MAX_VALUE)
            .connections(Integer.MAX_VALUE)
            .idleDeadline(Duration.ofSeconds(30))
            .build();

    static {
        Suspension.spawnsForOthers(WeftHttpServer.class);
        Suspension.belongsToRuntime(WeftHttpServer.class);
    }

    /** What a server can be. */
    private enum State {
        UNBOUND,
        BOUND,
        STARTED,
        STOPPED
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.UNBOUND);
    private final Map<String, WeftHttpContext> contexts = new ConcurrentHashMap<>(); // by path
    private final HttpServer face; // what users see
    private volatile @Nullable Executor executor;
    private volatile @Nullable HttpsConfigurator configurator;
    private volatile @Nullable ServerSocketChannel channel;
    private volatile @Nullable InetSocketAddress address;
    private volatile @Nullable LoopGroup ownLoop;
    private volatile dev.weft.http.@Nullable HttpServer server;

    WeftHttpServer() {
        face = this;
    }

    /** Creates the part of {@code face} that is the same as without TLS. */
    WeftHttpServer(WeftHttpsServer face) {
        this.face = face;
    }

    @Override
    public void bind(InetSocketAddress address, int backlog) throws IOException {
        Objects.requireNonNull(address, "address");
        if (!state.compareAndSet(State.UNBOUND, State.BOUND)) {
            throw new BindException("the server is " + state.get() + ", so it cannot be bound to " + address);
        }
        ServerSocketChannel opened = ServerSocketChannel.open();
        try {
            opened.bind(address, backlog);
            this.address = (InetSocketAddress) opened.getLocalAddress();
            channel = opened;
        } catch (Throwable t) {
            state.set(State.UNBOUND);
            opened.close();
            throw t;
        }
    }

    @Override
    public void start() {
        if (!state.compareAndSet(State.BOUND, State.STARTED)) {
            throw new IllegalStateException(
                    "the server is " + state.get() + "; it can be started once, when it is bound");
        }
        if (Suspension.isOnLoop()) {
            listen(Loop.current().group());
        } else {
            LoopGroup opened = LoopGroup.builder()
                    .name("weft-http-" + Objects.requireNonNull(address).getPort())
                    .open();
            ownLoop = opened;
            opened.next().call("start " + this, () -> listen(opened));
        }
    }

    private void listen(LoopGroup loops) {
        dev.weft.http.HttpServer.Builder builder =
                dev.weft.http.HttpServer.builder().loops(loops).http1Only().limits(LIMITS);
        HttpsConfigurator tls = configurator;
        if (tls != null) {
            builder.tls(Tls.of(tls.getSSLContext())
                    .with((client, parameters) ->
                            WeftHttpsParameters.configure(tls, (InetSocketAddress) client, parameters)));
        }
        try {
            server = builder.start(Objects.requireNonNull(channel), this::handle);
        } catch (IOException e) {
            throw new IllegalStateException(this + " cannot be started", e);
        }
    }

    private void handle(HttpRequest request, HttpResponse response) throws IOException {
        URI uri = uri(request.target());
        WeftHttpContext context = context(uri);
        HttpHandler handler = context.getHandler();
        if (handler == null) {
            throw new HttpException(500, "the context " + context.getPath() + " has no handler");
        }
        new WeftHttpExchange(context, request, response, uri).serve(handler, executor);
    }

    private static URI uri(String target) {
        try {
            return new URI(target);
        } catch (URISyntaxException e) {
            throw new HttpException(400, "the target is not a URI");
        }
    }

    private WeftHttpContext context(URI uri) {
        String path = Objects.requireNonNullElse(uri.getPath(), "");
        return contexts.values().stream()
                .filter(context -> path.startsWith(context.getPath()))
                .max(Comparator.comparingInt(context -> context.getPath().length()))
                .orElseThrow(() -> new HttpException(404, "there is no context for this path"));
    }

    @Override
    public void setExecutor(@Nullable Executor executor) {
        requireNotStarted();
        this.executor = executor;
    }

    @Override
    public @Nullable Executor getExecutor() {
        return executor;
    }

    void setHttpsConfigurator(HttpsConfigurator configurator) {
        Objects.requireNonNull(configurator, "configurator");
        requireNotStarted();
        this.configurator = configurator;
    }

    @Nullable HttpsConfigurator getHttpsConfigurator() {
        return configurator;
    }

    private void requireNotStarted() {
        if (state.get() == State.STARTED) {
            throw new IllegalStateException("this must be set before the server is started");
        }
    }

    @Override
    public void stop(int delay) {
        if (delay < 0) {
            throw new IllegalArgumentException("the delay must not be negative: " + delay);
        }
        state.set(State.STOPPED);
        try {
            dev.weft.http.HttpServer serving = server;
            if (serving != null) {
                serving.stop(Duration.ofSeconds(delay));
            } else {
                closeChannel();
            }
        } finally {
            closeOwnLoop();
        }
    }

    private void closeChannel() {
        try {
            ServerSocketChannel opened = channel;
            if (opened != null) {
                opened.close();
            }
        } catch (IOException e) {
            // It is closed all the same.
        }
    }

    private void closeOwnLoop() {
        LoopGroup own = ownLoop;
        if (own == null) {
            return;
        }
        if (Suspension.isOnLoop() && Loop.current().group() != own) {
            Weft.shield(() -> Weft.offload(() -> own.close()));
        } else {
            own.close();
        }
    }

    @Override
    public HttpContext createContext(String path, HttpHandler handler) {
        return add(path, Objects.requireNonNull(handler, "handler"));
    }

    @Override
    public HttpContext createContext(String path) {
        return add(path, null);
    }

    private HttpContext add(String path, @Nullable HttpHandler handler) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("the path of a context must begin with a slash: " + path);
        }
        WeftHttpContext context = new WeftHttpContext(face, path, handler);
        if (contexts.putIfAbsent(path, context) != null) {
            throw new IllegalArgumentException("there is a context for this path: " + path);
        }
        return context;
    }

    @Override
    public void removeContext(String path) {
        if (contexts.remove(path) == null) {
            throw new IllegalArgumentException("there is no context for this path: " + path);
        }
    }

    @Override
    public void removeContext(HttpContext context) {
        if (!contexts.remove(context.getPath(), context)) {
            throw new IllegalArgumentException("this server has no such context: " + context.getPath());
        }
    }

    @Override
    public @Nullable InetSocketAddress getAddress() {
        return address;
    }

    @Override
    public String toString() {
        return "HTTP server on " + address;
    }
}
