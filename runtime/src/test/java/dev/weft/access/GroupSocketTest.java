package dev.weft.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.LoopGroup;
import dev.weft.observe.Observer;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class GroupSocketTest {
    @TempDir
    Path directory;

    private static String ask(Path socket, String line) throws Exception {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            Channels.newOutputStream(channel).write(line.getBytes(StandardCharsets.UTF_8));
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Path socket() throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> all = files.toList();
            assertEquals(1, all.size(), all.toString());
            return all.get(0);
        }
    }

    @Test
    void onlyTheOwnerCanConnect() throws Exception {
        try (LoopGroup group = LoopGroup.open();
                GroupSocket socket = GroupSocket.open(directory, "weft", new GroupBean(Observer.of(group)))) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())));
            assertTrue(
                    socket().toString()
                            .endsWith("/weft-" + ProcessHandle.current().pid() + ".sock"),
                    socket.toString());
        }
    }

    @Test
    void questionsAreAnswered() throws Exception {
        try (LoopGroup group = LoopGroup.open();
                GroupSocket socket = GroupSocket.open(directory, "weft", new GroupBean(Observer.of(group)))) {
            assertTrue(ask(socket(), "loops\n").startsWith("[{\"name\":\"weft-0\""), socket.toString());
            assertTrue(ask(socket(), "no\n").startsWith("{\"error\":\"no such operation"));
        }
    }

    @Test
    void closingRemovesTheSocketAndEndsConversations() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            GroupSocket socket = GroupSocket.open(directory, "weft", new GroupBean(Observer.of(group)));
            Path path = socket();
            try (SocketChannel silent = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
                ask(path, "loops\n"); // the silent one has been accepted before
                socket.close();
                assertEquals(-1, Channels.newInputStream(silent).read());
            }
            assertFalse(Files.exists(path));
        }
    }

    @Test
    void silentClientsDoNotHoldUpOthers() throws Exception {
        try (LoopGroup group = LoopGroup.open();
                GroupSocket socket = GroupSocket.open(directory, "weft", new GroupBean(Observer.of(group)));
                SocketChannel silent = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
            assertTrue(ask(socket(), "lints\n").startsWith("["), socket + " and " + silent);
        }
    }
}
