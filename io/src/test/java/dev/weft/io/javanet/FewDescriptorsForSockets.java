package dev.weft.io.javanet;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The program of {@link SocketsWithoutDescriptorsTest}, which has few descriptors: uses them up, and prints what it saw. Its
 * group is not watched, as the watch loads classes after a second, and thus takes and returns descriptors.
 */
final class FewDescriptorsForSockets {
    private static final int TRIES = 20;

    private FewDescriptorsForSockets() {}

    public static void main(String[] arguments) throws Exception {
        try (LoopGroup group = LoopGroup.builder().hogAfter(Duration.ZERO).open()) {
            group.loops().getFirst().spawn(FewDescriptorsForSockets::useUp).join(IOException.class);
        }
    }

    private static void useUp() throws IOException {
        try (ServerSocket server =
                WeftSockets.serverSocketFactory().createServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            loadClasses(server);
            accept(server);
            connect(server);
        }
    }

    /** Classes of the test's class path come from directories, where loading needs descriptors; in a jar it does not. */
    @SuppressWarnings("try") // closes earlier, on purpose
    private static void loadClasses(ServerSocket server) throws IOException {
        try (Socket client = socket(server);
                Socket accepted = server.accept()) {
            client.close();
            accepted.getInputStream().read();
        }
        try {
            Weft.spawn(() -> {
                        throw new SocketException("as accept will");
                    })
                    .join();
        } catch (Exception e) {
            // Loaded.
        }
        server.setSoTimeout(1);
        System.out.println(failure(server::accept));
        server.setSoTimeout(0);
        try (ServerSocket gone = new ServerSocket(0)) {
            gone.close();
            InetSocketAddress nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), gone.getLocalPort());
            System.out.println(
                    failure(() -> WeftSockets.socketFactory().createSocket(nobody.getAddress(), nobody.getPort())));
        }
        takeAll().forEach(FewDescriptorsForSockets::close);
    }

    private static Socket socket(ServerSocket server) throws IOException {
        return WeftSockets.socketFactory().createSocket(server.getInetAddress(), server.getLocalPort());
    }

    private static void accept(ServerSocket server) throws IOException {
        Greenlet<Socket> waiting = Weft.spawn(server::accept);
        Weft.yieldNow();
        List<FileInputStream> taken = takeAll();
        close(taken.removeLast());
        Socket client = socket(server);
        try {
            waiting.join(IOException.class);
        } catch (SocketException e) {
            System.out.println("waiting " + e);
        }
        int failures = 0;
        for (int i = 0; i < TRIES; i++) {
            failures += failure(server::accept).contains("Too many open files") ? 1 : 0;
        }
        System.out.println("accept failed " + failures + " open " + !server.isClosed());
        taken.forEach(FewDescriptorsForSockets::close);
        try (client;
                Socket accepted = server.accept()) {
            client.getOutputStream().write('x');
            System.out.println("accepted " + (char) accepted.getInputStream().read());
        }
    }

    private static void connect(ServerSocket server) throws IOException {
        List<FileInputStream> taken = takeAll();
        int failures = 0;
        for (int i = 0; i < TRIES; i++) {
            failures += failure(() -> socket(server)).contains("Too many open files") ? 1 : 0;
        }
        System.out.println("connect failed " + failures);
        taken.forEach(FewDescriptorsForSockets::close);
        try (Socket client = socket(server);
                Socket accepted = server.accept()) {
            client.getOutputStream().write('y');
            System.out.println("connected " + (char) accepted.getInputStream().read());
        }
        List<FileInputStream> again = takeAll();
        System.out.println("lost " + (taken.size() - again.size()));
        again.forEach(FewDescriptorsForSockets::close);
    }

    /** What fails. */
    private interface Call {
        Socket call() throws IOException;
    }

    private static String failure(Call call) {
        try (Socket none = call.call()) {
            return "none: " + none;
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** All that there are, once the loop has given back those of closed sockets. */
    private static List<FileInputStream> takeAll() {
        long polls = Loop.current().statistics().polls();
        while (Loop.current().statistics().polls() == polls) {
            Weft.yieldNow();
        }
        List<FileInputStream> taken = new ArrayList<>();
        while (true) {
            try {
                taken.add(new FileInputStream("/dev/null"));
            } catch (IOException none) {
                return taken;
            }
        }
    }

    private static void close(FileInputStream file) {
        try {
            file.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
