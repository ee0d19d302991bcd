package dev.weft.examples;

import dev.weft.Weft;
import dev.weft.actor.Owner;
import dev.weft.io.TcpServer;
import dev.weft.io.TcpStream;
import dev.weft.supervisor.ChildSpec;
import dev.weft.supervisor.Supervisor;
import dev.weft.sync.Channel;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A supervision tree that heals. A server sells from a stock of ten apples, which does not survive an impossible order. The
 * supervisor restarts the stock, and the server, which comes after it and depends on it.
 */
public final class HealingTree {
    private final Channel<TcpServer> started = Channel.unbounded();

    @SuppressWarnings("NullAway.Init") // started before the server
    private Owner<AtomicInteger> stock;

    public static void main(String[] args) throws Exception {
        Weft.run(() -> new HealingTree().buy(3, 2, 100, 4));
    }

    private void buy(int... orders) throws Exception {
        try (Supervisor shop = Supervisor.restForOne()
                .reports(System.out::println)
                .child(ChildSpec.owner("stock", () -> stock = Owner.start("stock", () -> new AtomicInteger(10))))
                .child(ChildSpec.server("server", this::listen, TcpServer::join, TcpServer::stop))
                .start("shop")) {
            TcpServer server = started.receive();
            for (int apples : orders) {
                try (TcpStream stream = TcpStream.connect("127.0.0.1", server.port())) {
                    stream.output().write(apples);
                    int left = stream.input().read();
                    server = left < 0 ? started.receive() : server;
                    System.out.println(apples + " apples: " + (left < 0 ? "no answer" : left + " left"));
                }
            }
            shop.children().forEach(child -> System.out.println(child.id() + ", restarts: " + child.restarts()));
        }
    }

    private TcpServer listen() throws Exception {
        TcpServer server = TcpServer.start("127.0.0.1", 0, this::sell);
        started.send(server);
        return server;
    }

    private void sell(TcpStream customer) throws Exception {
        int apples = customer.input().read();
        int left = stock.ask(number -> number.addAndGet(-apples));
        if (left < 0) {
            stock.kill("more was sold than there is");
        } else {
            customer.output().write(left);
        }
    }
}
