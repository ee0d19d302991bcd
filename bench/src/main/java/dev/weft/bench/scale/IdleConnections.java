package dev.weft.bench.scale;

import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.bench.Bench;
import dev.weft.bench.load.Load;
import dev.weft.bench.load.ProcessUsage;
import dev.weft.bench.machine.BenchFailure;
import dev.weft.bench.machine.Child;
import dev.weft.bench.machine.DescriptorLimit;
import dev.weft.bench.rival.Service;
import dev.weft.http.HttpServer;
import dev.weft.io.TcpServer;
import dev.weft.io.TcpStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Connections of a server that were busy for a moment and are now idle. */
final class IdleConnections implements Crowd {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final int BUSY_SECONDS = 2; // until the code is compiled

    private final LoopGroup group = LoopGroup.open();
    private final Loop loop = group.next();
    private final Service service;
    private final Starter starter;
    private @Nullable Server server;
    private @Nullable Child load;
    private long residentBytes;

    /** A server that runs. */
    private record Server(int port, IntSupplier connections) {}

    /** Starts a server on a free port of an address. */
    @FunctionalInterface
    private interface Starter {
        Server start(InetSocketAddress address) throws IOException;
    }

    private IdleConnections(Service service, Starter starter) {
        this.service = service;
        this.starter = starter;
    }

    /** Returns connections of an echo server that uses the loop's buffers, so that an idle one holds none. */
    static IdleConnections ofEcho() {
        return new IdleConnections(Service.ECHO, address -> {
            TcpServer server = TcpServer.start(address, IdleConnections::echo);
            return new Server(server.port(), server::connections);
        });
    }

    /** Returns keep-alive connections of Weft's HTTP server. */
    static IdleConnections ofHttp() {
        return new IdleConnections(Service.HTTP, address -> {
            HttpServer server = HttpServer.builder()
                    .start(
                            address,
                            (request, response) -> response.header("Content-Type", "text/plain")
                                    .send(Service.BODY));
            return new Server(server.port(), () -> server.statistics().connections());
        });
    }

    @Override
    public void come(int count) throws IOException {
        open(count);
        System.gc();
        residentBytes = ProcessUsage.of(ProcessHandle.current().pid()).residentBytes();
    }

    /** Returns the resident memory of the process, with the heap's free space; without the kernel's buffers. */
    @Override
    public Map<String, Object> figures() {
        return Map.of("residentBytes", residentBytes);
    }

    private void open(int count) throws IOException {
        int possible = DescriptorLimit.current().connections(count);
        if (possible < count) {
            throw new BenchFailure(DescriptorLimit.current().advice(count) + "; use --connections=" + possible);
        }
        List<String> arguments = List.of(
                "--enable-native-access=ALL-UNNAMED",
                Bench.class.getName(),
                "load",
                "--service=" + service,
                "--connections=" + count,
                "--warm-up=" + BUSY_SECONDS);
        Child clients = Child.java("load generator", arguments);
        load = clients;
        clients.tell(server().port() + " " + ProcessHandle.current().pid());
        String line = clients.nextLine(PATIENCE);
        while (!line.equals(Load.WARM)) { // then it keeps them open and idle
            line = clients.nextLine(PATIENCE);
        }
    }

    private Server server() throws IOException {
        Server known = server;
        if (known == null) {
            InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            known = loop.spawn(() -> starter.start(anywhere)).join(IOException.class);
            server = known;
        }
        return known;
    }

    private static void echo(TcpStream stream) throws IOException {
        int count;
        do {
            count = stream.receive(stream::write);
        } while (count >= 0);
    }

    @Override
    public void leave() throws Exception {
        Objects.requireNonNull(load).finish(GRACE);
        while (server().connections().getAsInt() > 0) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    @Override
    public void close() {
        if (load != null) {
            load.close();
        }
        group.close();
    }
}
