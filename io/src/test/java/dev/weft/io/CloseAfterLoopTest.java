package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.io.file.Files;
import dev.weft.io.javanet.WeftSockets;
import dev.weft.io.process.ChildProcess;
import dev.weft.io.process.PipedChild;
import dev.weft.testing.NoGreenletLeaks;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What belongs to a loop can be closed after it: from anywhere, twice, and without a complaint. */
@EnabledOnOs(OS.LINUX)
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class, NothingLeft.class})
@Timeout(60)
final class CloseAfterLoopTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final Duration GRACE = Duration.ofSeconds(10);

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    private Path directory;

    @BeforeAll
    @Timeout(180)
    static void prepare() throws Exception {
        Certificates.context();
        try (ServerSocket used = WeftSockets.serverSocketFactory().createServerSocket()) {
            used.bind(ANY); // what the first use of these opens stays open
        }
    }

    /** The close, or stop, of something. */
    @FunctionalInterface
    interface Closing {
        void run() throws Exception;
    }

    /** What is opened on a loop that is closed then. */
    enum Kind {
        TCP_STREAM {
            @Override
            List<Closing> open(Path directory) throws Exception {
                return both(SocketFamily.TCP.ends(directory));
            }
        },
        UNIX_STREAM {
            @Override
            List<Closing> open(Path directory) throws Exception {
                return both(SocketFamily.UNIX.ends(directory));
            }
        },
        TLS_STREAM {
            @Override
            List<Closing> open(Path directory) throws Exception {
                return both(TlsFamily.SERVER.ends(directory));
            }
        },
        STREAM_FOR_WHICH_SOMEBODY_WAITS {
            @Override
            List<Closing> open(Path directory) throws Exception {
                SocketContract.Ends ends = SocketFamily.TCP.ends(directory);
                SocketContract.untilWaiting(Weft.spawn(() -> ends.one().read(ByteBuffer.allocate(1))));
                return both(ends);
            }
        },
        TCP_LISTENER {
            @Override
            List<Closing> open(Path directory) throws Exception {
                return List.of(TcpListener.bind(ANY)::close);
            }
        },
        UNIX_LISTENER {
            @Override
            List<Closing> open(Path directory) throws Exception {
                return List.of(UnixListener.bind(directory.resolve("listener"))::close);
            }
        },
        UDP_SOCKET {
            @Override
            List<Closing> open(Path directory) throws Exception {
                return List.of(UdpSocket.bind(ANY)::close);
            }
        },
        CLOSED_SERVER {
            @Override
            List<Closing> open(Path directory) throws Exception {
                return List.of(serving()::close);
            }
        },
        STOPPED_SERVER {
            @Override
            List<Closing> open(Path directory) throws Exception {
                TcpServer server = serving();
                return List.of(() -> server.stop(GRACE));
            }
        },
        JOINED_SERVER {
            @Override
            List<Closing> open(Path directory) throws Exception {
                return List.of(serving()::join);
            }
        },
        CLOSED_CHILD {
            @Override
            List<Closing> open(Path directory) throws Exception {
                return List.of(ChildProcess.start("sleep", "1000")::close);
            }
        },
        STOPPED_CHILD {
            @Override
            List<Closing> open(Path directory) throws Exception {
                ChildProcess child = ChildProcess.start("sleep", "1000");
                return List.of(() -> child.stop(GRACE));
            }
        },
        CHILD_THAT_HAS_ENDED {
            @Override
            List<Closing> open(Path directory) throws Exception {
                ChildProcess child = ChildProcess.start("true");
                child.waitFor();
                return List.of(child::close);
            }
        },
        PIPES_OF_A_CHILD {
            @Override
            List<Closing> open(Path directory) throws Exception {
                return pipes(PipedChild.selected("cat"));
            }
        },
        PUMPED_PIPES_OF_A_CHILD {
            @Override
            List<Closing> open(Path directory) throws Exception {
                return pipes(PipedChild.pumped("cat"));
            }
        },
        FILES {
            @Override
            List<Closing> open(Path directory) throws Exception {
                Path path = directory.resolve("file");
                Files.writeString(path, "text");
                return List.of(
                        Files.lines(path)::close,
                        Files.input(path)::close,
                        Files.output(directory.resolve("other"))::close);
            }
        },
        SOCKETS_OF_JAVA_NET {
            @Override
            List<Closing> open(Path directory) throws Exception {
                ServerSocket server = WeftSockets.serverSocketFactory().createServerSocket();
                server.bind(ANY);
                java.net.Socket one = WeftSockets.socketFactory().createSocket();
                one.connect(server.getLocalSocketAddress());
                java.net.Socket other = server.accept();
                return List.of(one::close, other::close, server::close);
            }
        };

        abstract List<Closing> open(Path directory) throws Exception;

        private static List<Closing> both(SocketContract.Ends ends) {
            return List.of(ends.one()::close, ends.other()::close);
        }

        private static TcpServer serving() throws Exception {
            TcpServer server = TcpServer.start(ANY, stream -> stream.read(ByteBuffer.allocate(1)));
            TcpStream.connect("127.0.0.1", server.port());
            while (server.connections() == 0) {
                Weft.yieldNow();
            }
            return server;
        }

        private static List<Closing> pipes(ChildProcess child) {
            SocketContract.untilWaiting(Weft.spawn(() -> child.stdout().read()));
            return List.of(child.stdout()::close, child.stdin()::close, child.stderr()::close, child::close);
        }
    }

    private List<Closing> opened(Kind kind) throws Exception {
        try (LoopGroup group =
                LoopGroup.builder().uncaughtHandler((greenlet, failure) -> {}).open()) {
            return group.spawn(() -> kind.open(directory)).join();
        }
    }

    private static Void all(List<Closing> closings) throws Exception {
        for (Closing closing : closings) {
            closing.run();
            closing.run();
        }
        return null;
    }

    @ParameterizedTest
    @EnumSource
    void aThreadClosesItTwice(Kind kind) throws Exception {
        all(opened(kind));
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = "FILES") // the close of an output writes, which one at a time does
    void severalThreadsCloseItAtOnce(Kind kind) throws Exception {
        List<Closing> closings = opened(kind);
        List<CompletableFuture<?>> ends = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            CompletableFuture<?> end = new CompletableFuture<>();
            ends.add(end);
            Thread.startVirtualThread(() -> {
                try {
                    all(closings);
                    end.complete(null);
                } catch (Throwable t) {
                    end.completeExceptionally(t);
                }
            });
        }
        ends.forEach(CompletableFuture::join);
    }

    @ParameterizedTest
    @EnumSource
    void aGreenletOfAnotherLoopClosesIt(Kind kind) throws Exception {
        List<Closing> closings = opened(kind);
        try (LoopGroup group = LoopGroup.open(1)) {
            group.spawn(() -> all(closings)).join();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aGreenletOfAnotherLoopClosesItWhileItsOwnCloses(Kind kind) throws Exception {
        CompletableFuture<Void> isClosing = new CompletableFuture<>();
        try (LoopGroup others = LoopGroup.open(1);
                LoopGroup group = LoopGroup.builder()
                        .uncaughtHandler((greenlet, failure) -> {})
                        .open()) {
            List<Closing> closings = group.spawn(() -> kind.open(directory)).join();
            Greenlet<?> holding = group.spawn(() -> {
                try {
                    Weft.sleep(GRACE);
                } finally {
                    isClosing.complete(null);
                    Weft.shield(() -> Weft.await(others.spawn(() -> all(closings))));
                }
            });
            while (holding.state() != Greenlet.State.WAITING) {
                Thread.onSpinWait();
            }
        }
        assertTrue(isClosing.isDone());
    }

    @Test
    void aChildIsEndedByAThreadThatIsInterruptedAndStaysSo() throws Exception {
        ChildProcess child;
        try (LoopGroup group = LoopGroup.open(1)) {
            child = group.spawn(() -> ChildProcess.start("sh", "-c", "trap '' TERM; while true; do sleep 1; done"))
                    .join();
        }
        Thread.currentThread().interrupt();
        child.stop(Duration.ofMillis(20));
        assertTrue(Thread.interrupted());
        assertFalse(child.isAlive());
    }

    @Test
    void theEndOfTheAcceptingLoopEndsConnectionsThatAreServedElsewhere() throws Exception {
        CompletableFuture<Void> begin = new CompletableFuture<>();
        CompletableFuture<String> end = new CompletableFuture<>();
        TcpServer server;
        try (LoopGroup others = LoopGroup.open(1)) {
            SocketChannel client;
            try (LoopGroup group = LoopGroup.open(1)) {
                server = group.spawn(() -> TcpServer.builder().loops(others).start(ANY, stream -> {
                            begin.complete(null);
                            try {
                                stream.read(ByteBuffer.allocate(1));
                            } catch (dev.weft.Cancelled killed) {
                                Weft.shield(
                                        () -> Weft.sleep(Duration.ofMillis(50))); // takes its time, as a handler may
                                end.complete("killed");
                                throw killed;
                            }
                        }))
                        .join();
                client = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
                begin.join();
            }
            server.stop(GRACE);
            assertEquals("killed", end.getNow("still served"));
            client.close();
        }
    }

    @Test
    void aServerWhoseServingLoopsHaveBeenClosedIsStillStopped() throws Exception {
        try (LoopGroup group =
                LoopGroup.builder().uncaughtHandler((greenlet, failure) -> {}).open()) {
            TcpServer server;
            try (LoopGroup others = LoopGroup.open(1)) {
                server = group.spawn(() -> TcpServer.builder()
                                .loops(others)
                                .start(ANY, stream -> stream.read(ByteBuffer.allocate(1))))
                        .join();
            }
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
            try (SocketChannel client = SocketChannel.open(address)) {
                assertTrue(client.isConnected());
                assertThrows(RejectedExecutionException.class, server::join);
                server.stop(GRACE);
                server.stop(GRACE);
            }
        }
    }
}
