package dev.weft.bench.rival;

import dev.weft.bench.rival.bare.BareLoops;
import dev.weft.bench.rival.netty.NettyServer;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** A contender of the comparison. */
public enum Contender {
    GREENLETS(
            "greenlets",
            "a greenlet per connection, a loop per core, gathered writes",
            Service.all(),
            "weft",
            List.of(),
            Greenlets::gathering),
    GREENLETS_DIRECT(
            "greenlets, direct writes",
            "the same, but each write is a system call",
            Service.all(),
            "weft",
            List.of(),
            Greenlets::direct),
    VIRTUAL(
            "virtual threads",
            "a virtual thread per connection, default scheduler",
            Service.all(),
            "jdk",
            List.of(),
            Threads::virtual),
    THREADS("platform threads", "a platform thread per connection", Service.all(), "jdk", List.of(), Threads::platform),
    BARE(
            "bare loop",
            "a Selector loop with state machines: the limit in Java",
            Service.allButTls(),
            "jdk",
            List.of(),
            BareLoops::new),
    NETTY(
            "Netty",
            "Netty's event loops on java.nio",
            Service.allButTls(),
            "netty",
            NettyServer.FLAGS,
            NettyServer::nio),
    NETTY_EPOLL(
            "Netty epoll",
            "Netty's event loops on its own native epoll transport",
            Service.allButTls(),
            "netty",
            NettyServer.FLAGS,
            NettyServer::epollMissing,
            NettyServer::epoll),
    GO("Go", "a goroutine per connection, net and net/http", new GoProgram("go")),
    SOCKETS("java.net on greenlets", "a greenlet per java.net.Socket of Weft's factory", "weft", JavaNet.onGreenlets()),
    SOCKETS_JDK(
            "JDK sockets on greenlets",
            "a greenlet per java.net.Socket of the JDK, which waits through the JDK's pollers",
            "weft",
            JavaNet.ofTheJdkOnGreenlets()),
    SOCKETS_VIRTUAL(
            "java.net on virtual threads", "a virtual thread per java.net.Socket", "jdk", JavaNet.onVirtualThreads()),
    SOCKETS_THREADS(
            "java.net on platform threads",
            "a platform thread per java.net.Socket",
            "jdk",
            JavaNet.onPlatformThreads()),
    WEFT_HTTP(
            "weft-http",
            "Weft's HTTP server, a greenlet per connection, a loop per core",
            Body.services(),
            "weft",
            List.of(),
            WeftHttp::new),
    JDK_SERVER(
            "JDK server",
            "the JDK's HTTP server, a virtual thread per request",
            Body.services(),
            "jdk",
            JdkServer.FLAGS,
            JdkServer::new),
    JETTY(
            "Jetty",
            "Jetty's HTTP server, handlers on virtual threads",
            Body.services(),
            "jetty",
            List.of(),
            JettyServer::new),
    HELIDON(
            "Helidon",
            "Helidon's HTTP server, a virtual thread per connection",
            Body.services(),
            "helidon",
            List.of(),
            HelidonServer::new),
    GREENLETS_RECORDED(
            "greenlets, recorded",
            "greenlets, while the flight recorder records as weft.jfc says",
            EnumSet.of(Service.ECHO),
            "weft",
            List.of(),
            Greenlets::recorded),
    GREENLETS_WATCHED(
            "greenlets, watched",
            "greenlets, while somebody looks at the console",
            EnumSet.of(Service.ECHO),
            "weft",
            List.of(),
            Greenlets::watched);

    private final String label;
    private final String explanation;

    @SuppressWarnings("ImmutableEnumChecker") // a program only caches what it has detected
    private final Program program;

    @SuppressWarnings("ImmutableEnumChecker") // a constructor
    private final Supplier<? extends Rival> rival;

    Contender(
            String label,
            String explanation,
            Set<Service> services,
            String library,
            List<String> flags,
            Supplier<? extends Rival> rival) {
        this(label, explanation, services, library, flags, Optional::empty, rival);
    }

    Contender(
            String label,
            String explanation,
            Set<Service> services,
            String library,
            List<String> flags,
            Supplier<Optional<String>> missing,
            Supplier<? extends Rival> rival) {
        this.label = label;
        this.explanation = explanation;
        this.program = new JavaProgram(name(), library, flags, services, missing);
        this.rival = rival;
    }

    /** A contender that only serves echo. */
    Contender(String label, String explanation, String library, JavaNet rival) {
        this.label = label;
        this.explanation = explanation;
        this.program = new JavaProgram(name(), library, List.of(), EnumSet.of(Service.ECHO), Optional::empty);
        this.rival = () -> rival;
    }

    /** A contender that is not written in Java. */
    Contender(String label, String explanation, Program program) {
        this.label = label;
        this.explanation = explanation;
        this.program = program;
        this.rival = () -> {
            throw new UnsupportedOperationException(label + " runs only as a separate process; see program()");
        };
    }

    /** Returns the contenders of the full suite: all except those that compare ways to use {@code java.net}, HTTP servers, or recordings. */
    public static List<Contender> comparedByDefault() {
        return List.copyOf(EnumSet.range(GREENLETS, GO));
    }

    /** Returns the name in tables and charts. */
    public String label() {
        return label;
    }

    public String explanation() {
        return explanation;
    }

    public Program program() {
        return program;
    }

    public static String weftVersion() {
        return JavaProgram.version("weft");
    }

    /**
     * Returns the server, to run in this process.
     *
     * @throws UnsupportedOperationException if it is not written in Java
     */
    Rival rival() {
        return rival.get();
    }
}
