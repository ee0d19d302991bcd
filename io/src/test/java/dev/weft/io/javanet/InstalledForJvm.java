package dev.weft.io.javanet;

import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Weft;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketImpl;
import java.nio.channels.SocketChannel;

/** The program of {@link InstallForJvmTest}: what can be done once a JVM. It prints what it saw. */
final class InstalledForJvm {
    private InstalledForJvm() {}

    /** A factory of somebody else. */
    @SuppressWarnings("deprecation") // there is no other hook
    static final class Other {
        private Other() {}

        static void install() throws IOException {
            Socket.setSocketImplFactory(Other::make);
        }

        static void installForServers() throws IOException {
            ServerSocket.setSocketFactory(Other::make);
        }

        private static SocketImpl make() {
            return new StreamSocket();
        }
    }

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "twice" -> {
                WeftSockets.installForJvm();
                WeftSockets.installForJvm();
            }
            case "streams-taken" -> Other.install();
            case "servers-taken" -> Other.installForServers();
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        try {
            WeftSockets.installForJvm();
            System.out.println("installed");
            Weft.run(InstalledForJvm::echo);
            echoOnThread();
        } catch (IllegalStateException e) {
            System.out.println(e);
        }
    }

    private static void echo() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket accepted = server.accept()) {
            Greenlet<Integer> reader =
                    Weft.spawn(() -> accepted.getInputStream().read());
            Weft.yieldNow();
            client.getOutputStream().write('x');
            System.out.println("read " + (char) (int) reader.join());
            Greenlet<Integer> killed =
                    Weft.spawn(() -> accepted.getInputStream().read());
            Weft.yieldNow();
            killed.kill();
            try {
                killed.join();
            } catch (Cancelled e) {
                System.out.println("killed, and the socket is " + (accepted.isClosed() ? "closed" : "open"));
            }
        }
    }

    private static void echoOnThread() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                SocketChannel client = SocketChannel.open(server.getLocalSocketAddress());
                Socket accepted = server.accept()) {
            accepted.setSoTimeout(10_000);
            client.write(java.nio.ByteBuffer.wrap(new byte[] {(byte) 0x79}));
            System.out.println("thread read " + (char) accepted.getInputStream().read());
        }
    }
}
