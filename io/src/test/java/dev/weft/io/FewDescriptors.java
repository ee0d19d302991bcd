package dev.weft.io;

import dev.weft.Weft;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The program of {@link DescriptorExhaustionTest}: a server in a process with few descriptors. It prints its port; uses up
 * all descriptors and says so; waits until accepting has failed a few times, lets the descriptors go and prints what it saw;
 * ends when its input does.
 */
final class FewDescriptors {
    private static final int FAILURES = 5;

    private FewDescriptors() {}

    public static void main(String[] arguments) throws Exception {
        Weft.run(() -> {
            TcpServer server =
                    TcpServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), FewDescriptors::echo);
            System.out.println("port " + server.port());
            loadClasses();
            Weft.offload(() -> System.in.read());
            List<FileInputStream> all = takeAll();
            long begin = System.nanoTime();
            System.out.println("taken " + all.size());
            while (server.acceptFailures() < FAILURES) {
                Weft.sleep(Duration.ofMillis(1));
            }
            long polls = Weft.spawn(() -> dev.weft.Loop.current().statistics().polls())
                    .join();
            Weft.sleep(Duration.ofMillis(100)); // a span to measure, nothing is waited for
            long quiet = dev.weft.Loop.current().statistics().polls() - polls;
            long failures = server.acceptFailures();
            long millis = (System.nanoTime() - begin) / 1_000_000;
            for (FileInputStream each : all) {
                each.close();
            }
            System.out.println("failures " + failures + " in " + millis + " polls " + quiet);
            Weft.offload(() -> System.in.read());
            System.out.println("failures " + server.acceptFailures() + " connections " + server.connections());
            server.stop(Duration.ZERO);
        });
    }

    /** Classes of the test's class path come from directories, where loading needs descriptors; in a jar it does not. */
    private static void loadClasses() {
        Weft.sleep(Duration.ofMillis(1));
        Weft.spawn(() -> dev.weft.Loop.current().statistics().polls()).join();
        try {
            Weft.spawn(() -> {
                        throw new IOException("as accept will");
                    })
                    .join();
        } catch (Exception e) {
            // Loaded.
        }
    }

    /** Opens files until no descriptor is left. */
    static List<FileInputStream> takeAll() {
        List<FileInputStream> taken = new ArrayList<>();
        while (true) {
            try {
                taken.add(new FileInputStream("/dev/null"));
            } catch (IOException none) {
                return taken;
            }
        }
    }

    private static void echo(TcpStream stream) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(64);
        while (stream.read(buffer) >= 0) {
            stream.write(buffer.flip());
            buffer.clear();
        }
    }
}
