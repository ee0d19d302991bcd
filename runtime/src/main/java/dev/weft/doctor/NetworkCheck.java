package dev.weft.doctor;

import dev.weft.Doctor.Finding;
import dev.weft.Doctor.Level;
import dev.weft.spi.PollerProvider;
import java.net.spi.InetAddressResolverProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Checks the poller, and what else handles the JVM's sockets and name look-ups. */
public final class NetworkCheck {
    private static final String SELECTOR = "dev.weft.io.SelectorPollerProvider";
    private static final String RESOLVER = "dev.weft.io.names.GreenletResolverProvider";
    private static final String SOCKETS = "dev.weft.io.javanet.";
    private static final String HOSTS_FILE = "jdk.net.hosts.file";

    private NetworkCheck() {}

    /** Returns the findings. */
    public static List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        Class<?> io = io();
        if (io == null) {
            findings.add(withoutIo());
        } else {
            findings.add(selector(System.getProperty("weft.io.selector", "auto"), io.getModule()));
        }
        String product = SocketFactories.ofSockets();
        findings.add(sockets(product));
        if (SocketFactories.isSetForServers() && !product.startsWith(SOCKETS)) {
            findings.add(taken("sockets: java.net.ServerSocket: a factory has been set"));
        }
        findings.add(names(io != null));
        return findings;
    }

    /** Returns weft-io's provider of selectors, or null if it is not on the path. */
    private static @Nullable Class<?> io() {
        try {
            return Class.forName(SELECTOR, false, NetworkCheck.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            return null;
        }
    }

    private static Finding withoutIo() {
        return ServiceLoader.load(PollerProvider.class, NetworkCheck.class.getClassLoader()).stream()
                .findFirst()
                .map(provider ->
                        new Finding(Level.OK, "poller: " + provider.type().getName(), ""))
                .orElseGet(() -> new Finding(
                        Level.NOTE,
                        "poller: none on the path, so loops have timers and greenlets but no sockets",
                        "add dev.weft:weft-io to the path if the program uses sockets"));
    }

    /** Checks the selector chosen by {@code name}; {@code io} is the module of weft-io. */
    static Finding selector(String name, Module io) {
        return switch (name) {
            case "auto" -> epoll(io).level() == Level.OK ? epoll(io) : jdk();
            case "jdk" -> jdk();
            case "epoll" -> epoll(io);
            default ->
                new Finding(
                        Level.FAULT,
                        "poller: -Dweft.io.selector=" + name + " is unknown",
                        "use auto (the default), jdk or epoll");
        };
    }

    private static Finding jdk() {
        return new Finding(Level.OK, "poller: weft-io, with the JDK's selector", "");
    }

    private static Finding epoll(Module io) {
        String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        if (!system.equals("Linux amd64") && !system.equals("Linux aarch64")) {
            return new Finding(
                    Level.FAULT,
                    "poller: the epoll selector is for Linux on amd64 and aarch64",
                    "omit -Dweft.io.selector=epoll");
        }
        String whose = FlagCheck.whose(io);
        if (!Object.class.getModule().isExported("sun.nio.ch", io) || !io.isNativeAccessEnabled()) {
            return new Finding(
                    Level.FAULT,
                    "poller: the epoll selector lacks a flag",
                    "pass java --add-exports java.base/sun.nio.ch=" + whose + " --enable-native-access=" + whose);
        }
        return new Finding(Level.OK, "poller: weft-io, with its epoll selector", "");
    }

    /** Checks which implementation {@code new Socket()} uses, by the class that the factory creates; empty for none. */
    static Finding sockets(String product) {
        if (product.isEmpty()) {
            return new Finding(Level.OK, "sockets: java.net.Socket is the JDK's", "");
        }
        return product.startsWith(SOCKETS)
                ? new Finding(Level.OK, "sockets: java.net.Socket is Weft's", "")
                : taken("sockets: java.net.Socket: a factory has been set, which creates " + product);
    }

    private static Finding taken(String what) {
        return new Finding(
                Level.NOTE,
                what,
                "WeftSockets.installForJvm() will be refused: omit that call, or pass its factories to libraries");
    }

    private static Finding names(boolean ioIsThere) {
        try {
            // The JDK does the same look-up and takes the first.
            return names(
                    ServiceLoader.load(InetAddressResolverProvider.class).stream()
                            .map(provider -> provider.type().getName())
                            .toList(),
                    System.getProperty(HOSTS_FILE, ""),
                    ioIsThere);
        } catch (ServiceConfigurationError e) {
            return new Finding(Level.WARNING, "names: " + e.getMessage(), "remove that provider from the path");
        }
    }

    /** Checks what resolves names: the first of {@code providers}, unless there is a hosts file. */
    static Finding names(List<String> providers, String hostsFile, boolean ioIsThere) {
        Level blocking = ioIsThere ? Level.WARNING : Level.NOTE;
        String instead = "or look names up with dev.weft.io.names.HostNames";
        if (!hostsFile.isEmpty()) {
            return new Finding(
                    blocking,
                    "names: -D" + HOSTS_FILE + "=" + hostsFile + ": InetAddress blocks its loop",
                    "omit it, " + instead);
        }
        if (providers.isEmpty()) {
            return new Finding(Level.OK, "names: looked up by the JDK", "");
        }
        String first = providers.getFirst();
        return first.equals(RESOLVER)
                ? new Finding(Level.OK, "names: look-ups yield in greenlets", "")
                : new Finding(
                        blocking,
                        "names: looked up by " + first + ": InetAddress may block its loop",
                        "put weft-io before it on the path, " + instead);
    }
}
