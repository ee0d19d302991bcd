package dev.weft.io;

import dev.weft.LoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test after which the process holds more sockets, selectors or wake-up descriptors than before it. Files are left
 * out, as class loading opens them when it likes. Does nothing where there is no {@code /proc}.
 */
@SuppressWarnings("exports") // of JUnit, which no user of the module sees
public final class NoDescriptorLeaks implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(NoDescriptorLeaks.class);
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final Path NETWORK = Path.of("/proc/self/net");
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** For JUnit. */
    public NoDescriptorLeaks() {}

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        openWhatTheJdkKeeps();
    }

    /** Makes the JDK open what it opens for itself, once: its own pollers, and the socket that marks those being closed. */
    public static void openWhatTheJdkKeeps() throws IOException {
        LoopGroup.open().close();
        try (ServerSocketChannel listener =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            SocketChannel.open(listener.getLocalAddress()).close();
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        context.getStore(NAMESPACE).put(Map.class, open());
    }

    @Override
    @SuppressWarnings("unchecked") // put there by beforeEach
    public void afterEach(ExtensionContext context) throws IOException {
        Map<String, Integer> before =
                Objects.requireNonNull(context.getStore(NAMESPACE).get(Map.class, Map.class), "beforeEach has not run");
        long begin = System.nanoTime();
        Map<String, Integer> after = open();
        // A look-up that was given up may still talk to its server.
        while (leaked(before, after) && System.nanoTime() - begin < PATIENCE_NANOS) {
            Thread.yield();
            after = open();
        }
        if (leaked(before, after)) {
            throw new AssertionError(
                    "the test left descriptors: " + before + " before, " + after + " after; " + sockets());
        }
    }

    private static boolean leaked(Map<String, Integer> before, Map<String, Integer> after) {
        return after.entrySet().stream().anyMatch(kind -> kind.getValue() > before.getOrDefault(kind.getKey(), 0));
    }

    /** How many descriptors of each kind are open. */
    public static Map<String, Integer> open() throws IOException {
        Map<String, Integer> kinds = new TreeMap<>();
        if (!Files.isDirectory(DESCRIPTORS)) {
            return kinds;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path entry : entries) {
                String kind = kindOf(entry);
                if (!kind.isEmpty()) {
                    kinds.merge(kind, 1, Integer::sum);
                }
            }
        }
        return kinds;
    }

    /** Describes the open sockets as the kernel does: their addresses and states. */
    public static List<String> sockets() throws IOException {
        List<String> tables = new ArrayList<>();
        for (String table : List.of("tcp", "tcp6", "udp", "udp6", "unix")) {
            for (String line : Files.readAllLines(NETWORK.resolve(table))) {
                tables.add(table + " " + line.strip() + " ");
            }
        }
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path entry : entries) {
                String inode = inodeOf(entry);
                List<String> lines = tables.stream()
                        .filter(line -> !inode.isEmpty() && line.contains(" " + inode + " "))
                        .toList();
                found.addAll(lines);
                if (lines.isEmpty() && !inode.isEmpty()) { // the tables have only sockets with an address
                    found.add("socket " + inode + ", never bound or reset, descriptor " + entry.getFileName());
                }
            }
        }
        return found;
    }

    private static String inodeOf(Path entry) {
        try {
            String target = Files.readSymbolicLink(entry).toString();
            return target.startsWith("socket:[") ? target.substring("socket:[".length(), target.length() - 1) : "";
        } catch (IOException e) {
            return ""; // gone meanwhile
        }
    }

    private static String kindOf(Path entry) {
        try {
            String target = Files.readSymbolicLink(entry).toString();
            if (target.startsWith("socket:")) {
                return "socket";
            }
            return target.startsWith("anon_inode:") ? target : "";
        } catch (IOException e) {
            return ""; // gone meanwhile
        }
    }
}
