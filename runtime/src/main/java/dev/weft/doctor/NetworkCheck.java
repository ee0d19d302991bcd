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

/** What loops poll with, and who else has to do with the sockets and names of the JVM. */
public final class NetworkCheck {
    private static final String SELECTOR = "dev.weft.io.SelectorPollerProvider";
    private static final String RESOLVER = "dev.weft.io.names.GreenletResolverProvider";
    private static final String SOCKETS = "dev.weft.io.javanet.";
    private static final String HOSTS_FILE = "jdk.net.hosts.file";

    private NetworkCheck() {}

    /** What was found. */
    public static List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        Class<?> io = io();
        if (io == null) {
            findings.add(withoutIo());
        } else {
            findings.add(selector(System.getProperty("weft.io.selector", "jdk"), io.getModule()));
        }
        String product = SocketFactories.ofSockets();
        findings.add(sockets(product));
        if (SocketFactories.isSetForServers() && !product.startsWith(SOCKETS)) {
            findings.add(taken("sockets: java.net.ServerSocket: somebody has set a factory"));
        }
        findings.add(names(io != null));
        return findings;
    }

    /** What gives loops a selector, if it is there. */
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
                        "poller: none is on the path, so loops have timers and greenlets, but no sockets",
                        "add dev.weft:weft-io to the path, if this is not how the program is run"));
    }

    /** The selector that is asked for by {@code name}, of which {@code io} is the module. */
    static Finding selector(String name, Module io) {
        return switch (name) {
            case "jdk" -> new Finding(Level.OK, "poller: weft-io, with the JDK's selector", "");
            case "epoll" -> epoll(io);
            default ->
                new Finding(
                        Level.FAULT,
                        "poller: -Dweft.io.selector=" + name + " is not known",
                        "it can be jdk, which is the default, or epoll");
        };
    }

    private static Finding epoll(Module io) {
        String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        if (!system.equals("Linux amd64") && !system.equals("Linux aarch64")) {
            return new Finding(
                    Level.FAULT,
                    "poller: the epoll selector is for Linux on amd64 and aarch64",
                    "leave -Dweft.io.selector=epoll out");
        }
        String whose = FlagCheck.whose(io);
        if (!Object.class.getModule().isExported("sun.nio.ch", io) || !io.isNativeAccessEnabled()) {
            return new Finding(
                    Level.FAULT,
                    "poller: the epoll selector lacks a flag",
                    "give java --add-exports java.base/sun.nio.ch=" + whose + " --enable-native-access=" + whose);
        }
        return new Finding(Level.OK, "poller: weft-io, with its epoll selector", "");
    }

    /** Whose sockets {@code new Socket()} makes, by the class that a factory makes. */
    static Finding sockets(String product) {
        if (product.isEmpty()) {
            return new Finding(Level.OK, "sockets: java.net.Socket is the JDK's", "");
        }
        return product.startsWith(SOCKETS)
                ? new Finding(Level.OK, "sockets: java.net.Socket is Weft's", "")
                : taken("sockets: java.net.Socket: somebody has set a factory, which makes " + product);
    }

    private static Finding taken(String what) {
        return new Finding(
                Level.NOTE,
                what,
                "WeftSockets.installForJvm() will be refused: leave that call out, or hand libraries its factories");
    }

    private static Finding names(boolean ioIsThere) {
        try {
            // The JDK looks in the same way, and takes the first.
            return names(
                    ServiceLoader.load(InetAddressResolverProvider.class).stream()
                            .map(provider -> provider.type().getName())
                            .toList(),
                    System.getProperty(HOSTS_FILE, ""),
                    ioIsThere);
        } catch (ServiceConfigurationError e) {
            return new Finding(Level.WARNING, "names: " + e.getMessage(), "take that provider off the path");
        }
    }

    /** Who resolves names: the first of {@code providers}, unless there is a file of hosts. */
    static Finding names(List<String> providers, String hostsFile, boolean ioIsThere) {
        Level blocking = ioIsThere ? Level.WARNING : Level.NOTE;
        String instead = "or look names up with dev.weft.io.names.HostNames";
        if (!hostsFile.isEmpty()) {
            return new Finding(
                    blocking,
                    "names: -D" + HOSTS_FILE + "=" + hostsFile + ": InetAddress blocks its loop",
                    "leave it out, " + instead);
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
