package dev.weft.bench.rival;

import dev.weft.bench.rival.bare.BareLoops;
import dev.weft.bench.rival.futures.FutureServer;
import dev.weft.bench.rival.ktor.KtorServer;
import dev.weft.bench.rival.netty.NettyServer;
import dev.weft.bench.rival.netty.NettyTransport;
import dev.weft.bench.rival.vertx.VertxServer;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Who is compared. */
public enum Contender {
    GREENLETS("greenlets", "a greenlet per connection, a loop per core", "weft", Greenlets::new),
    GREENLETS_EPOLL(
            "greenlets, epoll",
            "the same on Weft's own selector, which takes few events at a time",
            "weft",
            Flags.EPOLL_SELECTOR,
            EnumSet.allOf(Service.class),
            Flags::epollSelectorMissing,
            Greenlets::new),
    VIRTUAL("virtual threads", "a virtual thread per connection, default scheduler", "jdk", VirtualThreads::new),
    VIRTUAL_ONE(
            "virtual threads, one carrier",
            "a virtual thread per connection, one carrier though the server may use more cores",
            "jdk",
            Flags.ONE_CARRIER,
            EnumSet.allOf(Service.class),
            Optional::empty,
            VirtualThreads::new),
    THREADS("platform threads", "a platform thread per connection", "jdk", PlatformThreads::new),
    BARE("bare selector loop", "one loop around a Selector, state machines: the limit in Java", "jdk", BareLoops::new),
    NETTY(
            "Netty NIO",
            "Netty's event loops on java.nio",
            "netty",
            NettyServer.FLAGS,
            EnumSet.allOf(Service.class),
            Optional::empty,
            () -> new NettyServer(NettyTransport.NIO)),
    NETTY_EPOLL(
            "Netty epoll",
            "Netty's event loops on its own native epoll transport",
            "netty",
            NettyServer.FLAGS,
            EnumSet.allOf(Service.class),
            NettyTransport::epollMissing,
            () -> new NettyServer(NettyTransport.EPOLL)),
    VERTX(
            "Vert.x",
            "Vert.x on its default transport, a verticle per core",
            "vertx",
            NettyServer.FLAGS,
            EnumSet.allOf(Service.class),
            Optional::empty,
            VertxServer::new),
    KOTLIN("Kotlin coroutines", "a coroutine per connection, ktor-network's sockets", "kotlin", KtorServer::new),
    FUTURES("CompletableFuture", "futures over asynchronous channels, a thread per core", "jdk", FutureServer::new),
    C_EPOLL("C epoll", "a loop around epoll in C, one for each core", NativeProgram.c()),
    GO("Go", "a goroutine for each connection, net and net/http", NativeProgram.go()),
    GEVENT("gevent", "a greenlet of Python's for each connection, one process", NativeProgram.gevent()),
    ERLANG("Erlang", "a process of Erlang's for each connection, a scheduler for each core", NativeProgram.erlang()),
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
            JavaNet.onPlatformThreads());

    private static final Set<Contender> OF_JAVA_NET =
            EnumSet.of(SOCKETS, SOCKETS_JDK, SOCKETS_VIRTUAL, SOCKETS_THREADS);

    private final String label;
    private final String explanation;

    @SuppressWarnings("ImmutableEnumChecker") // a program keeps nothing but what it found out
    private final Program program;

    @SuppressWarnings("ImmutableEnumChecker") // a constructor
    private final Supplier<? extends Rival> rival;

    Contender(String label, String explanation, String library, Supplier<? extends Rival> rival) {
        this(label, explanation, library, List.of(), EnumSet.allOf(Service.class), Optional::empty, rival);
    }

    /** One that does echo alone. */
    Contender(String label, String explanation, String library, JavaNet rival) {
        this(label, explanation, library, List.of(), EnumSet.of(Service.ECHO), Optional::empty, () -> rival);
    }

    Contender(
            String label,
            String explanation,
            String library,
            List<String> flags,
            Set<Service> services,
            Supplier<Optional<String>> missing,
            Supplier<? extends Rival> rival) {
        this.label = label;
        this.explanation = explanation;
        this.program = new JavaProgram(name(), library, flags, services, missing);
        this.rival = rival;
    }

    /** One that is no Java. */
    Contender(String label, String explanation, Program program) {
        this.label = label;
        this.explanation = explanation;
        this.program = program;
        this.rival = () -> {
            throw new UnsupportedOperationException(label + " runs only in a process of its own; see program()");
        };
    }

    /** All but those that compare ways to use {@code java.net}. */
    public static List<Contender> comparedByDefault() {
        return EnumSet.complementOf(EnumSet.copyOf(OF_JAVA_NET)).stream().toList();
    }

    /** Whether it is another than all the others where a server has {@code cores}: on one, virtual threads have one carrier anyway. */
    public boolean isOneOfItsOwn(int cores) {
        return this != VIRTUAL_ONE || cores > 1;
    }

    /** What it is called in tables and pictures. */
    public String label() {
        return label;
    }

    /** What that means. */
    public String explanation() {
        return explanation;
    }

    /** How its server is started. */
    public Program program() {
        return program;
    }

    /** Its server, to be run in this process; fails for one that is no Java. */
    Rival rival() {
        return rival.get();
    }
}
