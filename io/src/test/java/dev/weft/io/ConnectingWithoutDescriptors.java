package dev.weft.io;

import dev.weft.Loop;
import dev.weft.Weft;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.stream.Stream;

/**
 * A program of {@link DescriptorExhaustionTest}: connects in a process that has no descriptors left, by an address and by a
 * name with two, prints what came of it, and connects once more when there are descriptors again.
 */
final class ConnectingWithoutDescriptors {
    private static final String HOST = "two.staged";

    private ConnectingWithoutDescriptors() {}

    public static void main(String[] arguments) throws Exception {
        Weft.run(() -> {
            try (TcpListener listener = TcpListener.bind("127.0.0.1", 0)) {
                TcpStream.connect(HOST, listener.port()).close(); // loads classes, which needs descriptors
                failureOf(HOST, 1);
                SocketContract.untilPolled();
                int before = sockets();
                String byAddress;
                String byName;
                var all = FewDescriptors.takeAll();
                try {
                    byAddress = failureOf("127.0.0.1", listener.port());
                    byName = failureOf(HOST, listener.port());
                    for (int i = 0;
                            i < 10 && !byName.contains("Too many");
                            i++) { // another thread of this JVM closed one
                        all.addAll(FewDescriptors.takeAll());
                        byName = failureOf(HOST, listener.port());
                    }
                } finally {
                    for (var each : all) {
                        each.close();
                    }
                }
                System.out.println(byAddress);
                System.out.println(byName);
                System.out.println("left " + (sockets() - before) + " greenlets "
                        + Loop.current().greenlets().size());
                TcpStream.connect(HOST, listener.port()).close();
                TcpStream.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.port()))
                        .close();
                System.out.println("connected");
            }
        });
    }

    private static int sockets() throws IOException {
        return NoDescriptorLeaks.open().getOrDefault("socket", 0);
    }

    /** What connecting throws, and how many other failures it carries. */
    private static String failureOf(String host, int port) {
        try {
            TcpStream.connect(host, port).close();
            return "connected";
        } catch (IOException e) {
            return e + " and "
                    + Stream.of(e.getSuppressed())
                            .filter(IOException.class::isInstance)
                            .count();
        }
    }
}
