package dev.weft.bench;

import dev.weft.examples.Examples;
import java.util.List;
import java.util.Locale;

/** A way to serve many connections: what is compared. */
enum Contender {
    GREENLETS("greenlets", "a greenlet per connection, on one loop"),
    VIRTUAL(
            "virtual threads",
            "a virtual thread per connection; the server has one core, so their scheduler gets one carrier"),
    THREADS("platform threads", "a platform thread per connection, with the JVM's default stack size"),
    BARE("bare selector loop", "no threads and no greenlets: the limit of java.nio"),
    SOCKETS("java.net on greenlets", "a greenlet per java.net.Socket of Weft's factory, on one loop"),
    SOCKETS_JDK(
            "JDK sockets on greenlets",
            "a greenlet per java.net.Socket of the JDK, which waits through the JDK's pollers"),
    SOCKETS_VIRTUAL("java.net on virtual threads", "a virtual thread per java.net.Socket; one carrier"),
    SOCKETS_THREADS("java.net on platform threads", "a platform thread per java.net.Socket");

    private static final List<String> ONE_CARRIER =
            List.of("-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1");

    private final String label;
    private final String explanation;

    Contender(String label, String explanation) {
        this.label = label;
        this.explanation = explanation;
    }

    /** What it is called in tables and pictures. */
    String label() {
        return label;
    }

    /** What that means. */
    String explanation() {
        return explanation;
    }

    /** Flags of the JVM that it alone gets. */
    List<String> jvmFlags() {
        return this == VIRTUAL || this == SOCKETS_VIRTUAL ? ONE_CARRIER : List.of();
    }

    /** The main class of its server, and the arguments. */
    List<String> program() {
        return switch (this) {
            case GREENLETS, VIRTUAL, THREADS ->
                List.of(Examples.class.getName(), "echo", "--port", "0", "--on", name().toLowerCase(Locale.ROOT));
            case BARE -> List.of(BareSelectorEcho.class.getName(), "--port", "0");
            case SOCKETS -> List.of(SocketEcho.class.getName(), "greenlets");
            case SOCKETS_JDK -> List.of(SocketEcho.class.getName(), "greenlets-jdk");
            case SOCKETS_VIRTUAL -> List.of(SocketEcho.class.getName(), "virtual");
            case SOCKETS_THREADS -> List.of(SocketEcho.class.getName(), "threads");
        };
    }
}
