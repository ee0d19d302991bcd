package dev.weft.access;

import dev.weft.log.RuntimeLog;
import dev.weft.management.GroupOperations;
import dev.weft.observe.Json;
import dev.weft.spi.RuntimeThread;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * A Unix-domain socket through which the process's own user can ask about a group: a {@link Request} in a line, the answer as
 * JSON in UTF-8, the end. If the request fails, the answer is {@code {"error":"..."}}. For programs without the module {@code
 * java.management}, and wherever attaching is not possible.
 */
final class GroupSocket implements AutoCloseable {
    /** Names the directory in which each group has a socket, {@code NAME-PID.sock}; there are none unless it is set. */
    static final String DIRECTORY = "weft.sight.sockets";

    private static final int MOST_CLIENTS = 8;

    private final Path path;
    private final String name;
    private final GroupOperations group;
    private final ServerSocketChannel server;
    private final Set<SocketChannel> clients = ConcurrentHashMap.newKeySet();
    private final Semaphore free = new Semaphore(MOST_CLIENTS);

    private GroupSocket(Path path, String name, GroupOperations group, ServerSocketChannel server) {
        this.path = path;
        this.name = name;
        this.group = group;
        this.server = server;
    }

    /** Opens a socket in {@code directory} for {@code group}, which is called {@code name}. */
    static GroupSocket open(Path directory, String name, GroupOperations group) throws IOException {
        Files.createDirectories(directory);
        Path path = directory.resolve(
                name.replace('/', '_') + "-" + ProcessHandle.current().pid() + ".sock");
        GroupSocket socket = new GroupSocket(path, name, group, bind(path));
        new RuntimeThread(name + "-sight", socket::accept).start();
        return socket;
    }

    /** Binds inside a directory that only the user can enter, so that at no time can anybody else connect. */
    private static ServerSocketChannel bind(Path path) throws IOException {
        Path hidden = Files.createTempDirectory(path.getParent(), ".weft-");
        Path socket = hidden.resolve("s");
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(socket));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            Files.move(socket, path, StandardCopyOption.ATOMIC_MOVE);
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            Files.deleteIfExists(socket);
            throw e;
        } finally {
            Files.delete(hidden);
        }
    }

    private void accept() {
        try {
            while (true) {
                free.acquireUninterruptibly();
                SocketChannel client = server.accept();
                clients.add(client);
                new RuntimeThread(name + "-sight-client", () -> serve(client)).start();
            }
        } catch (ClosedChannelException e) {
            // The group is closed.
        } catch (IOException e) {
            RuntimeLog.error("group " + name + " can no longer be asked through " + path, e);
        }
    }

    private void serve(SocketChannel client) {
        try (client) {
            String line = new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8)).readLine();
            if (line != null) {
                Channels.newOutputStream(client).write(answer(line).getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            // The client has gone, or the group is closed.
        } finally {
            clients.remove(client);
            free.release();
        }
    }

    private String answer(String line) {
        try {
            return Request.parse(line).answer(group);
        } catch (RuntimeException e) {
            return Json.of(Map.of("error", String.valueOf(e.getMessage())));
        }
    }

    /** Ends all conversations and removes the socket. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(path);
            server.close();
            for (SocketChannel client : clients) {
                client.close();
            }
        } catch (IOException e) {
            RuntimeLog.error("the socket " + path + " was not closed", e);
        }
    }

    @Override
    public String toString() {
        return "socket " + path;
    }
}
