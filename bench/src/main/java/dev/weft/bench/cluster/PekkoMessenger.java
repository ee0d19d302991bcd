package dev.weft.bench.cluster;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.pattern.Patterns;

/** Apache Pekko's remoting (Artery) over TCP: its ask, and its tell, with a window, as it drops what is too much. */
final class PekkoMessenger implements Messenger {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int ACKNOWLEDGED = 512; // messages
    private static final int WINDOW = 4; // of these

    private final ActorSystem system;
    private final ActorRef server;

    private PekkoMessenger(int serverPort) throws Exception {
        system = open(0);
        server = system.actorSelection("pekko://bench@127.0.0.1:" + serverPort + "/user/server")
                .resolveOne(PATIENCE)
                .toCompletableFuture()
                .get();
    }

    static Messenger connect(int serverPort) throws Exception {
        return new PekkoMessenger(serverPort);
    }

    private static ActorSystem open(int port) {
        return ActorSystem.create(
                "bench",
                ConfigFactory.parseMap(Map.of(
                                "pekko.actor.provider", "remote",
                                "pekko.remote.artery.transport", "tcp",
                                "pekko.remote.artery.canonical.hostname", "127.0.0.1",
                                "pekko.remote.artery.canonical.port", port,
                                "pekko.loglevel", "OFF",
                                "pekko.stdout-loglevel", "OFF"))
                        .withFallback(ConfigFactory.load()));
    }

    private static void end(ActorSystem system) {
        system.terminate();
        system.getWhenTerminated()
                .toCompletableFuture()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    static AutoCloseable serve(int port) {
        ActorSystem system = open(port);
        system.actorOf(Props.create(Server.class, Server::new), "server");
        return () -> end(system);
    }

    /** Answers a number with its successor, and every so many messages with how many they are. */
    private static final class Server extends AbstractActor {
        private int count;

        @Override
        public Receive createReceive() {
            return receiveBuilder()
                    .match(Long.class, number -> getSender().tell(number + 1, getSelf()))
                    .match(byte[].class, message -> {
                        if (++count % ACKNOWLEDGED == 0) {
                            getSender().tell(ACKNOWLEDGED, getSelf());
                        }
                    })
                    .build();
        }
    }

    /** Gives the window's places free. */
    private static final class Acknowledged extends AbstractActor {
        private final Semaphore places;

        Acknowledged(Semaphore places) {
            this.places = places;
        }

        @Override
        public Receive createReceive() {
            return receiveBuilder()
                    .match(Integer.class, count -> places.release())
                    .build();
        }
    }

    private CompletionStage<Object> ask(long number) {
        return Patterns.ask(server, number, PATIENCE);
    }

    @Override
    public long nanosOfAsks(int asks) throws Exception {
        long begin = System.nanoTime();
        for (int i = 0; i < asks; i++) {
            check(ask(i).toCompletableFuture().get(), i);
        }
        return System.nanoTime() - begin;
    }

    @Override
    public long nanosOfAsks(int asks, int inFlight) throws Exception {
        Semaphore places = new Semaphore(inFlight);
        long begin = System.nanoTime();
        for (int i = 0; i < asks; i++) {
            places.acquire();
            int number = i;
            ask(i).thenAccept(answer -> {
                check(answer, number);
                places.release();
            });
        }
        places.acquire(inFlight);
        return System.nanoTime() - begin;
    }

    private static void check(Object answer, long number) {
        if (!answer.equals(number + 1)) {
            throw new IllegalStateException("wrong answer");
        }
    }

    @Override
    public long nanosOfMessages(int messages) throws Exception {
        byte[] payload = new byte[MESSAGE_BYTES];
        Semaphore places = new Semaphore(WINDOW);
        ActorRef acknowledged = system.actorOf(Props.create(Acknowledged.class, () -> new Acknowledged(places)));
        int rounded = messages / ACKNOWLEDGED * ACKNOWLEDGED;
        long begin = System.nanoTime();
        for (int i = 0; i < rounded; i++) {
            if (i % ACKNOWLEDGED == 0) {
                places.acquire();
            }
            server.tell(payload, acknowledged);
        }
        places.acquire(WINDOW);
        return System.nanoTime() - begin;
    }

    @Override
    public void close() {
        end(system);
    }
}
