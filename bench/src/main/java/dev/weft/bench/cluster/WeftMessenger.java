package dev.weft.bench.cluster;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.actor.Owner;
import dev.weft.cluster.Cluster;
import dev.weft.cluster.ClusterConfig;
import dev.weft.cluster.Ref;
import dev.weft.cluster.RemoteChannel;
import dev.weft.cluster.TcpConfig;
import dev.weft.sync.Channel;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** A cluster of Weft's: questions to an owner, and a channel. */
final class WeftMessenger implements Messenger {
    private static final String HOST = "127.0.0.1";
    private static final String NAME = "bench";
    private static final int WINDOW = 1024;

    private final LoopGroup group = LoopGroup.open();
    private final Loop loop = group.next();
    private final Cluster cluster;
    private final Ref<Serializable> server;

    private WeftMessenger(int serverPort) {
        cluster = loop.call(
                () -> join(TcpConfig.on(HOST, MessageServer.freePort()).peers(HOST + ":" + serverPort)));
        server = loop.call(() -> cluster.<Serializable>awaitName(NAME));
    }

    static Messenger connect(int serverPort) {
        return new WeftMessenger(serverPort);
    }

    private static Cluster join(TcpConfig tcp) throws Exception {
        return Cluster.join(NAME, ClusterConfig.over(tcp).allowPackage(WeftMessenger.class.getPackageName()));
    }

    static AutoCloseable serve(int port) {
        LoopGroup group = LoopGroup.open();
        group.next().call(() -> {
            Cluster cluster = join(TcpConfig.on(HOST, port));
            Owner<Cluster> owner = Owner.start(NAME, () -> cluster);
            cluster.publish(NAME, owner, WeftMessenger::answer);
        });
        return group;
    }

    /** A request for a channel for so many messages, of whose end {@code end} is told. */
    private record Counting(int messages, RemoteChannel<Integer> end) implements Serializable {}

    private static Object answer(Cluster cluster, Serializable question) {
        if (question instanceof Counting counting) {
            Channel<byte[]> messages = Channel.buffered(WINDOW);
            Weft.spawn(() -> {
                for (int i = 0; i < counting.messages(); i++) {
                    messages.receive();
                }
                counting.end().send(counting.messages());
            });
            return cluster.channel(messages, WINDOW);
        }
        return (Long) question + 1;
    }

    private void ask(long number) {
        if (server.ask(number, Long.class) != number + 1) {
            throw new IllegalStateException("wrong answer");
        }
    }

    @Override
    public long nanosOfAsks(int asks) {
        return loop.call(() -> {
            long begin = System.nanoTime();
            for (int i = 0; i < asks; i++) {
                ask(i);
            }
            return System.nanoTime() - begin;
        });
    }

    @Override
    public long nanosOfAsks(int asks, int inFlight) {
        return loop.call(() -> {
            long begin = System.nanoTime();
            List<Greenlet<?>> askers = new ArrayList<>();
            for (int asker = 0; asker < inFlight; asker++) {
                askers.add(Weft.spawn(() -> {
                    for (int i = 0; i < asks / inFlight; i++) {
                        ask(i);
                    }
                }));
            }
            Weft.joinAll(askers);
            return System.nanoTime() - begin;
        });
    }

    @Override
    @SuppressWarnings("unchecked") // it is what the server answers
    public long nanosOfMessages(int messages) {
        return loop.call(() -> {
            byte[] payload = new byte[MESSAGE_BYTES];
            Channel<Integer> end = Channel.buffered(1);
            RemoteChannel<byte[]> counted =
                    server.ask(new Counting(messages, cluster.channel(end)), RemoteChannel.class);
            long begin = System.nanoTime();
            for (int i = 0; i < messages; i++) {
                counted.send(payload);
            }
            end.receive();
            return System.nanoTime() - begin;
        });
    }

    @Override
    public void close() {
        loop.call(cluster::close);
        group.close();
    }
}
