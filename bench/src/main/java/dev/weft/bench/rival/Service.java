package dev.weft.bench.rival;

/** What a server does for its connections. */
public enum Service {
    /** Sends back what comes. */
    ECHO(UpstreamKind.NONE, 1),
    /** Answers each HTTP/1.1 request with {@link #BODY}, on connections that are kept. */
    HTTP(UpstreamKind.NONE, 1),
    /** As {@link #HTTP}, but the body comes from a backend, which takes a millisecond. */
    BACKEND(UpstreamKind.HTTP, 2),
    /**
     * As {@link #HTTP}, but the body is those of three calls to the backend, one after the other: the second and the third
     * are made side by side, once the first has been answered.
     */
    BACKENDS(UpstreamKind.HTTP, 3),
    /** Passes on what comes to a connection of its own to an echo server, and what comes back from there. */
    PROXY(UpstreamKind.ECHO, 2);

    /** The body of an answer: 13 bytes. */
    public static final String BODY = "Hello, World!";

    /** What stands behind a server. */
    public enum UpstreamKind {
        NONE,
        ECHO,
        /** Answers each HTTP/1.1 request a millisecond after it came, with {@link Service#BODY}, on connections that are kept. */
        HTTP
    }

    private final UpstreamKind upstream;
    private final int sockets;

    Service(UpstreamKind upstream, int sockets) {
        this.upstream = upstream;
        this.sockets = sockets;
    }

    /** The most sockets that a connection needs, its own and those to the upstream, in either process. */
    public int socketsPerConnection() {
        return sockets;
    }

    public UpstreamKind upstream() {
        return upstream;
    }

    public boolean isHttp() {
        return this == HTTP || upstream == UpstreamKind.HTTP;
    }

    /** The body that a client of it must get; empty for what is not {@link #isHttp() HTTP}. */
    public String body() {
        return isHttp() ? BODY.repeat(this == BACKENDS ? 3 : 1) : "";
    }
}
