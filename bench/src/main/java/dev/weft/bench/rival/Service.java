package dev.weft.bench.rival;

import java.util.EnumSet;
import java.util.Set;

/** The service that a server provides. */
public enum Service {
    /** Echoes all bytes. */
    ECHO(UpstreamKind.NONE, 1),
    /** As {@link #ECHO}, over TLS 1.3, with a certificate that signs itself. */
    TLS(UpstreamKind.NONE, 1),
    /** Answers each HTTP/1.1 request with {@link #BODY}, on keep-alive connections. */
    HTTP(UpstreamKind.NONE, 1),
    /** As {@link #HTTP}, but the body comes from a backend, which takes a millisecond. */
    BACKEND(UpstreamKind.HTTP, 2),
    /**
     * As {@link #HTTP}, but the body concatenates the results of three backend calls. The second and the third are made
     * concurrently, once the first has been answered.
     */
    BACKENDS(UpstreamKind.HTTP, 3),
    /** Forwards each connection to an echo server over a connection of its own, in both directions. */
    PROXY(UpstreamKind.ECHO, 2);

    /** The body of a response: 13 bytes. */
    public static final String BODY = "Hello, World!";

    /** The kind of server behind a server. */
    public enum UpstreamKind {
        NONE,
        ECHO,
        /** Answers each HTTP/1.1 request with {@link Service#BODY} a millisecond after its arrival, on keep-alive connections. */
        HTTP
    }

    private final UpstreamKind upstream;
    private final int sockets;

    Service(UpstreamKind upstream, int sockets) {
        this.upstream = upstream;
        this.sockets = sockets;
    }

    /** Returns all services. */
    static Set<Service> all() {
        return EnumSet.allOf(Service.class);
    }

    /** Returns the services of a contender that does not serve {@link #TLS}. */
    static Set<Service> allButTls() {
        return EnumSet.complementOf(EnumSet.of(TLS));
    }

    /** Returns the maximum number of sockets per connection in either process, including those to the upstream. */
    public int socketsPerConnection() {
        return sockets;
    }

    public UpstreamKind upstream() {
        return upstream;
    }

    public boolean isHttp() {
        return this == HTTP || upstream == UpstreamKind.HTTP;
    }

    /** Returns the body that a client must receive; empty if the service is not {@link #isHttp() HTTP}. */
    public String body() {
        return isHttp() ? BODY.repeat(this == BACKENDS ? 3 : 1) : "";
    }
}
