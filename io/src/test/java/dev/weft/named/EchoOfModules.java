package dev.weft.named;

import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.io.TcpServer;
import dev.weft.io.TcpStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** A program on the class path that uses Weft's modules: says what they are, what polls, and what came back. */
final class EchoOfModules {
    private EchoOfModules() {}

    public static void main(String[] args) throws Exception {
        System.out.println(Weft.class.getModule() + ", " + TcpServer.class.getModule());
        Weft.run(() -> {
            System.out.println(Loop.current().poller());
            InetAddress here = InetAddress.getLoopbackAddress();
            TcpServer server = TcpServer.start(new InetSocketAddress(here, 0), stream -> stream.receive(stream::write));
            try (TcpStream client = TcpStream.connect(new InetSocketAddress(here, server.port()))) {
                client.write(ByteBuffer.wrap(new byte[] {42}));
                ByteBuffer back = ByteBuffer.allocate(1);
                client.read(back);
                System.out.println("came back: " + back.get(0));
            }
            server.close();
        });
    }
}
