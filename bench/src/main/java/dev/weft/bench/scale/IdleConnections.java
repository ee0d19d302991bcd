package dev.weft.bench.scale;

import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.bench.Bench;
import dev.weft.bench.load.Load;
import dev.weft.bench.machine.BenchFailure;
import dev.weft.bench.machine.Child;
import dev.weft.bench.machine.DescriptorLimit;
import dev.weft.io.TcpServer;
import dev.weft.io.TcpStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Connections of an echo server that were busy for a moment and are now idle. */
final class IdleConnections implements Crowd {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final int BUSY_SECONDS = 2; // until the code is compiled

    private final LoopGroup group = LoopGroup.open();
    private final Loop loop = group.next();
    private @Nullable TcpServer server;
    private @Nullable Child load;

    @Override
    public void come(int count) throws IOException {
        int possible = DescriptorLimit.current().connections(count);
        if (possible < count) {
            throw new BenchFailure(DescriptorLimit.current().advice(count) + "; use --connections=" + possible);
        }
        List<String> arguments = List.of(
                "--enable-native-access=ALL-UNNAMED",
                Bench.class.getName(),
                "load",
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

    private TcpServer server() throws IOException {
        TcpServer known = server;
        if (known == null) {
            InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            known = loop.spawn(() -> TcpServer.start(anywhere, IdleConnections::echo))
                    .join(IOException.class);
            server = known;
        }
        return known;
    }

    /** Echoes with the loop's buffers, so that an idle connection holds none. */
    private static void echo(TcpStream stream) throws IOException {
        int count;
        do {
            count = stream.receive(stream::write);
        } while (count >= 0);
    }

    @Override
    public void leave() throws Exception {
        Objects.requireNonNull(load).finish(GRACE);
        while (server().connections() > 0) {
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
