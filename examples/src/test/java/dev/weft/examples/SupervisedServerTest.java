package dev.weft.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.http.HttpServer;
import dev.weft.io.TcpServer;
import dev.weft.io.TcpStream;
import dev.weft.supervisor.Child;
import dev.weft.supervisor.ChildSpec;
import dev.weft.supervisor.Supervisor;
import dev.weft.sync.Channel;
import dev.weft.sync.Event;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.workers.Workers;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Real servers, pools and processes as children of a supervisor. */
@Timeout(60)
@ExtendWith(NoGreenletLeaks.class)
class SupervisedServerTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration DAY = Duration.ofDays(1);

    @Test
    void aServerThatEndsIsRestarted() throws IOException {
        Weft.run(() -> {
            Channel<HttpServer> servers = Channel.unbounded();
            try (Supervisor top = Supervisor.oneForOne()
                    .reports(report -> {})
                    .child(ChildSpec.server("http", () -> started(servers), HttpServer::join, HttpServer::stop))
                    .start("top")) {
                HttpServer first = servers.receive();
                first.close();
                HttpServer second = servers.receive();
                TcpStream.connect("127.0.0.1", second.port()).close();
                assertEquals(1, top.children().get(0).restarts());
            }
        });
    }

    private static HttpServer started(Channel<HttpServer> servers) throws IOException {
        HttpServer server = HttpServer.start("127.0.0.1", 0, (request, response) -> {});
        servers.send(server);
        return server;
    }

    @Test
    void aPoolOfWorkersThatEndsIsRestarted() {
        Weft.run(() -> {
            Channel<Workers> pools = Channel.unbounded();
            Workers second;
            try (Supervisor top = Supervisor.oneForOne()
                    .reports(report -> {})
                    .child(ChildSpec.server("pool", () -> opened(pools), pool -> pool.join(DAY), (pool, grace) -> {
                        pool.shutdown();
                        pool.join(grace);
                    }))
                    .start("top")) {
                pools.receive().terminate();
                second = pools.receive();
                assertEquals(42, second.call(() -> 42));
                assertEquals(1, top.children().get(0).restarts());
            }
            assertTrue(second.isShutdown());
        });
    }

    private static Workers opened(Channel<Workers> pools) {
        Workers pool = Workers.threads(1);
        pools.send(pool);
        return pool;
    }

    @Test
    void aServerFinishesWhatIsInFlightWhenItIsStopped() throws IOException {
        Weft.run(() -> {
            Channel<TcpServer> servers = Channel.unbounded();
            Event accepted = new Event();
            Event goOn = new Event();
            Supervisor top = Supervisor.oneForOne()
                    .child(ChildSpec.server(
                            "tcp",
                            () -> {
                                TcpServer server = TcpServer.start("127.0.0.1", 0, stream -> {
                                    accepted.set();
                                    goOn.await();
                                    stream.output().write(42);
                                });
                                servers.send(server);
                                return server;
                            },
                            TcpServer::join,
                            TcpServer::stop))
                    .start("top");
            int port = servers.receive().port();
            try (TcpStream client = TcpStream.connect("127.0.0.1", port)) {
                accepted.await();
                Greenlet<?> closing = Weft.spawn(top::close);
                while (isListening(port)) {
                    Weft.yieldNow();
                }
                goOn.set();
                assertEquals(42, client.input().read());
                closing.join();
            }
        });
    }

    private static boolean isListening(int port) throws IOException {
        try {
            TcpStream.connect("127.0.0.1", port).close();
            return true;
        } catch (ConnectException e) {
            return false;
        }
    }

    @Test
    void aPortThatIsTakenFailsTheStart() throws IOException {
        Weft.run(() -> {
            try (TcpServer taken = TcpServer.start("127.0.0.1", 0, stream -> {})) {
                Supervisor.Builder builder = Supervisor.oneForOne()
                        .child(ChildSpec.server(
                                "tcp",
                                () -> TcpServer.start("127.0.0.1", taken.port(), stream -> {}),
                                TcpServer::join,
                                TcpServer::stop));
                assertThrows(RuntimeException.class, () -> builder.start("top"));
            }
        });
    }

    @Test
    void aProcessIsRestartedWhenItIsKilledAndEndsWithItsSupervisor() throws Exception {
        Weft.run(() -> {
            Channel<Process> processes = Channel.unbounded();
            Process second;
            try (Supervisor top = Supervisor.oneForOne()
                    .reports(report -> {})
                    .child(ChildSpec.of("sleep", () -> sleeping(processes)).grace(SECOND))
                    .start("top")) {
                processes.receive().destroyForcibly();
                second = processes.receive();
                assertEquals(1, top.children().get(0).restarts());
            }
            assertEquals(128 + 15, second.waitFor());
        });
    }

    private static Child sleeping(Channel<Process> processes) throws IOException {
        Process process = new ProcessBuilder("sleep", "1000").start();
        processes.send(process);
        return Child.of(Weft.completion(process.onExit()), grace -> process.destroy(), process::destroyForcibly);
    }
}
