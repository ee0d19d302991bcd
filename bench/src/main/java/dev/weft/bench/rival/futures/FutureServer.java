package dev.weft.bench.rival.futures;

import dev.weft.bench.rival.Rival;
import dev.weft.bench.rival.Service;
import dev.weft.bench.rival.Terms;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** Futures over the JDK's asynchronous channels, whose group has a thread for each core. */
public final class FutureServer implements Rival {
    @Override
    public void serve(Terms terms, IntConsumer listening) throws IOException {
        AsynchronousChannelGroup group =
                AsynchronousChannelGroup.withFixedThreadPool(terms.cores(), Executors.defaultThreadFactory());
        AsynchronousServerSocketChannel listener = AsynchronousServerSocketChannel.open(group)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        accept(listener, server(terms, group));
        listening.accept(((InetSocketAddress) listener.getLocalAddress()).getPort());
    }

    private static Consumer<Endpoint> server(Terms terms, AsynchronousChannelGroup group) {
        if (terms.service() == Service.ECHO) {
            return Pipe::echo;
        }
        if (terms.service() == Service.HTTP) {
            AnswerSource answers = AnswerSource.constant();
            return client -> HttpExchange.serve(client, answers);
        }
        InetSocketAddress upstream = terms.requiredUpstream();
        if (terms.service() == Service.PROXY) {
            return client -> Pipe.proxy(client, () -> Endpoint.connect(group, upstream));
        }
        Backend backend = new Backend(() -> Endpoint.connect(group, upstream));
        return terms.service() == Service.BACKEND
                ? client -> HttpExchange.serve(client, AnswerSource.ofOneCall(backend))
                : client -> HttpExchange.serve(client, AnswerSource.ofThreeCalls(backend));
    }

    private static void accept(AsynchronousServerSocketChannel listener, Consumer<Endpoint> server) {
        listener.accept(null, new CompletionHandler<AsynchronousSocketChannel, Object>() {
            @Override
            public void completed(AsynchronousSocketChannel channel, Object attachment) {
                accept(listener, server);
                server.accept(new Endpoint(channel));
            }

            @Override
            public void failed(Throwable failure, Object attachment) {
                System.err.println("cannot accept: " + failure);
                accept(listener, server);
            }
        });
    }
}
