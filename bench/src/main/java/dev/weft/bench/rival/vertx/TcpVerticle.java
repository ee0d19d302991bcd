package dev.weft.bench.rival.vertx;

import dev.weft.bench.rival.Rival;
import dev.weft.bench.rival.Service;
import dev.weft.bench.rival.Terms;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.util.function.IntConsumer;

/** Echo and proxy, with pipes. */
final class TcpVerticle extends VerticleBase {
    /** The same free port for all instances. */
    static final int SHARED_FREE_PORT = -1;

    private final Terms terms;
    private final IntConsumer listening;

    TcpVerticle(Terms terms, IntConsumer listening) {
        this.terms = terms;
        this.listening = listening;
    }

    @Override
    public Future<?> start() {
        return vertx.createNetServer(new NetServerOptions().setAcceptBacklog(Rival.BACKLOG))
                .connectHandler(terms.service() == Service.PROXY ? proxy() : TcpVerticle::echo)
                .listen(SHARED_FREE_PORT, "127.0.0.1")
                .onSuccess(server -> listening.accept(server.actualPort()));
    }

    private static void echo(NetSocket socket) {
        socket.pipeTo(socket);
    }

    private Handler<NetSocket> proxy() {
        NetClient client = vertx.createNetClient(new NetClientOptions());
        SocketAddress upstream =
                SocketAddress.inetSocketAddress(terms.requiredUpstream().getPort(), "127.0.0.1");
        return front -> {
            front.pause(); // until the other end is there
            client.connect(upstream).onFailure(failure -> front.close()).onSuccess(back -> {
                front.pipeTo(back);
                back.pipeTo(front);
            });
        };
    }
}
