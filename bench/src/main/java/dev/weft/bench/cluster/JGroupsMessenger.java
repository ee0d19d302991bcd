package dev.weft.bench.cluster;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.Receiver;
import org.jgroups.blocks.MessageDispatcher;
import org.jgroups.blocks.RequestOptions;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.protocols.FD_SOCK2;
import org.jgroups.protocols.FRAG2;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.MFC;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.TCPPING;
import org.jgroups.protocols.UFC;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;

/** Bare JGroups: its requests and its unicast, with the protocols of a cluster of Weft's above its own TCP as it is by default. */
final class JGroupsMessenger implements Messenger {
    private final MessageDispatcher dispatcher;
    private final Address server;
    private final JChannel channel; // without a dispatcher
    private final Address counter;
    private volatile CompletableFuture<Void> counted = new CompletableFuture<>();

    private JGroupsMessenger(int serverPort) throws Exception {
        JChannel requests = open(MessageServer.freePort(), serverPort);
        dispatcher = new MessageDispatcher(requests);
        requests.connect("requests");
        server = requests.getView().getCoord();
        channel = open(MessageServer.freePort(), serverPort + 1);
        channel.setReceiver(new Receiver() {
            @Override
            public void receive(Message message) {
                counted.complete(null);
            }
        });
        channel.connect("messages");
        counter = channel.getView().getCoord();
    }

    static Messenger connect(int serverPort) throws Exception {
        return new JGroupsMessenger(serverPort);
    }

    private static JChannel open(int port, int peer) throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        TCP tcp = new TCP();
        tcp.setBindAddress(loopback).setBindPort(port).setPortRange(0);
        tcp.tcpNodelay(true);
        tcp.disableDiagnostics();
        return new JChannel(
                        tcp,
                        new TCPPING()
                                .setInitialHosts(List.of(new InetSocketAddress(loopback, peer)))
                                .setPortRange(0),
                        new MERGE3(),
                        new FD_SOCK2().setBindAddress(loopback),
                        new FD_ALL3(),
                        new VERIFY_SUSPECT2(),
                        new NAKACK2(),
                        new UNICAST3(),
                        new STABLE(),
                        new GMS().printLocalAddress(false).setJoinTimeout(1_000),
                        new UFC(),
                        new MFC(),
                        new FRAG2())
                .setDiscardOwnMessages(true);
    }

    static AutoCloseable serve(int port) throws Exception {
        JChannel requests = open(port, port);
        MessageDispatcher answering =
                new MessageDispatcher(requests, message -> successor((byte[]) message.getObject()));
        requests.connect("requests");
        JChannel messages = open(port + 1, port + 1);
        messages.setReceiver(new Counter(messages));
        messages.connect("messages");
        return () -> {
            answering.close();
            requests.close();
            messages.close();
        };
    }

    private static byte[] successor(byte[] number) {
        return bytes(ByteBuffer.wrap(number).getLong() + 1);
    }

    private static byte[] bytes(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    /** Counts the messages of one sender, which come one after the other, and says when they are as many as each of them says. */
    private static final class Counter implements Receiver {
        private final JChannel channel;
        private int count;

        Counter(JChannel channel) {
            this.channel = channel;
        }

        @Override
        public void receive(Message message) {
            if (++count
                    == ByteBuffer.wrap(message.getArray(), message.getOffset(), Integer.BYTES)
                            .getInt()) {
                count = 0;
                try {
                    channel.send(message.getSrc(), new byte[1]);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    private Message message(byte[] payload) {
        return new BytesMessage(server, payload);
    }

    @Override
    public long nanosOfAsks(int asks) throws Exception {
        RequestOptions options = RequestOptions.SYNC();
        long begin = System.nanoTime();
        for (int i = 0; i < asks; i++) {
            byte[] answer = dispatcher.sendMessage(message(bytes(i)), options);
            check(answer, i);
        }
        return System.nanoTime() - begin;
    }

    @Override
    public long nanosOfAsks(int asks, int inFlight) throws Exception {
        RequestOptions options = RequestOptions.SYNC();
        Semaphore places = new Semaphore(inFlight);
        long begin = System.nanoTime();
        for (int i = 0; i < asks; i++) {
            places.acquire();
            int number = i;
            dispatcher.<byte[]>sendMessageWithFuture(message(bytes(i)), options).thenAccept(answer -> {
                check(answer, number);
                places.release();
            });
        }
        places.acquire(inFlight);
        return System.nanoTime() - begin;
    }

    private static void check(byte[] answer, int number) {
        if (ByteBuffer.wrap(answer).getLong() != number + 1L) {
            throw new IllegalStateException("wrong answer");
        }
    }

    @Override
    public long nanosOfMessages(int messages) throws Exception {
        byte[] payload = new byte[MESSAGE_BYTES];
        ByteBuffer.wrap(payload).putInt(messages);
        CompletableFuture<Void> end = new CompletableFuture<>();
        counted = end;
        long begin = System.nanoTime();
        for (int i = 0; i < messages; i++) {
            channel.send(counter, payload);
        }
        end.get();
        return System.nanoTime() - begin;
    }

    @Override
    public void close() {
        dispatcher.getChannel().close();
        channel.close();
    }
}
