package dev.weft.sight.trouble;

import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.io.TcpServer;
import dev.weft.io.TcpStream;
import dev.weft.sync.Channel;
import java.net.InetAddress;
import java.net.Socket;
import java.util.HashMap;
import java.util.Map;

/** Handlers wait for news. Whoever reads "bye" forgets the channel on which they wait, but does not close it. */
final class LeakedHandlers {
    private static final Map<Integer, Channel<String>> SUBSCRIBERS = new HashMap<>(); // of the only loop

    private LeakedHandlers() {}

    public static void main(String[] args) throws Exception {
        LoopGroup group = LoopGroup.open();
        TcpServer server = group.next().call(() -> TcpServer.start("127.0.0.1", 0, LeakedHandlers::handle));
        for (int i = 0; i < 20; i++) {
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                client.getOutputStream().write(i);
                client.getInputStream().read();
            }
        }
        System.out.println("ready");
    }

    private static void handle(TcpStream stream) throws Exception {
        int subscriber = stream.input().read();
        Channel<String> news = Channel.rendezvous();
        SUBSCRIBERS.put(subscriber, news);
        Weft.spawn("pusher-" + subscriber, () -> push(news));
        stream.output().write(1);
        stream.input().read(); // the client says goodbye
        SUBSCRIBERS.remove(subscriber);
    }

    private static void push(Channel<String> news) {
        for (String line : news) {
            System.out.println(line);
        }
    }
}
