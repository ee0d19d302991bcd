package dev.weft.goker;

import static dev.weft.goker.Kernel.leaked;

import dev.weft.DeadlineExceeded;
import dev.weft.Weft;
import dev.weft.sync.Channel;
import dev.weft.sync.Event;
import dev.weft.sync.Select;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** Kernels about channels, events (a context's end) and groups of waits. */
final class ChannelKernels {
    private ChannelKernels() {}

    static List<Kernel> all() {
        return List.of(
                leaked(
                        "cockroach1055",
                        Set.of("G1", "G2a", "G2b", "G3"),
                        ChannelKernels::stopWaitsForTasksThatWaitForIt),
                leaked("cockroach10790", Set.of("G3"), ChannelKernels::drainedAfterTheSenderLeft),
                leaked("cockroach13197", Set.of("G2"), ChannelKernels::contextThatNobodyEnds),
                leaked("cockroach13755", Set.of("G2"), ChannelKernels::contextThatNobodyEnds),
                leaked("cockroach1462", Set.of("G1", "G2"), ChannelKernels::stopperWaitsForASender),
                leaked("cockroach18101", Set.of("G2"), ChannelKernels::receiverLeavesASenderBehind),
                leaked("cockroach2448", Set.of("G1", "G2"), ChannelKernels::eventsAndCallbacksCross),
                leaked("cockroach24808", Set.of("G1"), ChannelKernels::bufferFilledBeforeTheReceiverStarts),
                leaked("cockroach25456", Set.of("G1"), ChannelKernels::waitsForItsOwnStop),
                leaked("cockroach35073", Set.of("G1", "G2"), ChannelKernels::rowsThatNobodyReads),
                leaked("cockroach35931", Set.of("G1"), ChannelKernels::bufferIsFullAlready),
                leaked("etcd6857", Set.of("G2"), ChannelKernels::questionAfterTheEnd),
                leaked("grpc1275", Set.of("G2"), ChannelKernels::closeThatForgetsTheReader),
                leaked("grpc1424", Set.of("G2"), ChannelKernels::doneThatNobodySends),
                leaked("grpc660", Set.of("G2"), ChannelKernels::resultOfAnAbandonedRequest),
                leaked("grpc862", Set.of("G2"), ChannelKernels::contextThatNobodyEnds),
                leaked("istio17860", Set.of("G2"), ChannelKernels::statusAfterTheEnd),
                leaked("istio18454", Set.of("G1"), ChannelKernels::resetsThatNobodyTakes),
                leaked("kubernetes25331", Set.of("G1"), ChannelKernels::resultThatNobodyTakes),
                leaked("kubernetes38669", Set.of("G1"), ChannelKernels::resultThatNobodyTakes),
                leaked("kubernetes5316", Set.of("G2"), ChannelKernels::resultAfterATimeout),
                leaked("kubernetes70277", Set.of("G1"), ChannelKernels::waitsForItsOwnStop),
                leaked("moby21233", Set.of("G1", "G2"), ChannelKernels::progressThatNobodyReads),
                leaked("moby25384", Set.of("G1"), ChannelKernels::waitInsideTheLoop),
                leaked("moby33781", Set.of("G3"), ChannelKernels::resultOfAnAbandonedRequest2),
                leaked("syncthing5795", Set.of("G1", "G2"), ChannelKernels::closesItselfFromItsOwnLoop));
    }

    private static void stopWaitsForTasksThatWaitForIt(Kernel.Spawner go) {
        Event stopper = new Event();
        Event done = new Event();
        CountDownLatch tasks = new CountDownLatch(2);
        for (String name : List.of("G2a", "G2b")) {
            go.go(name, () -> {
                stopper.await();
                tasks.countDown();
            });
        }
        go.go("G3", () -> {
            tasks.await();
            stopper.set();
            done.set();
        });
        go.go("G1", () -> done.await());
    }

    private static void drainedAfterTheSenderLeft(Kernel.Spawner go) {
        Channel<Boolean> replies = Channel.rendezvous();
        Event cancelled = new Event();
        go.go("sender", () -> Weft.select(Select.on(replies.sending(true)), Select.on(cancelled)));
        go.go("G2", () -> cancelled.set());
        go.go("G1", () -> {
            Weft.yieldNow();
            cancelled.await();
            go.go("G3", () -> replies.receive());
        });
    }

    private static void contextThatNobodyEnds(Kernel.Spawner go) {
        Event done = new Event();
        go.go("G2", () -> done.await());
    }

    private static void stopperWaitsForASender(Kernel.Spawner go) {
        go.go("G1", () -> {
            Channel<Integer> events = Channel.rendezvous();
            Event stopper = new Event();
            Weft.scope(workers -> {
                workers.spawn("cockroach1462 G2", () -> {
                    while (!stopper.isSet()) {
                        events.send(0);
                    }
                });
                workers.spawn(() -> {
                    events.receive();
                    stopper.await();
                });
                Weft.yieldNow();
                Weft.yieldNow();
                stopper.set();
            });
        });
    }

    private static void receiverLeavesASenderBehind(Kernel.Spawner go) {
        go.go("G1", () -> {
            Channel<Integer> ready = Channel.buffered(6);
            go.go("G2", () -> {
                for (int i = 0; i < 8; i++) {
                    ready.send(i);
                }
            });
            ready.receive();
        });
    }

    private static void eventsAndCallbacksCross(Kernel.Spawner go) {
        Channel<Integer> events = Channel.rendezvous();
        Channel<Integer> callbacks = Channel.rendezvous();
        Event stopper = new Event();
        go.go("G1", () -> {
            Weft.select(Select.on(events.receiving()), Select.on(stopper));
            Weft.select(Select.on(callbacks.sending(1)), Select.on(stopper));
        });
        go.go("G2", () -> {
            for (int i = 0; i < 2; i++) {
                Weft.select(Select.on(events.sending(i)), Select.on(stopper));
            }
        });
    }

    private static void bufferFilledBeforeTheReceiverStarts(Kernel.Spawner go) {
        go.go("G1", () -> {
            Channel<Integer> compactions = Channel.buffered(1);
            compactions.send(1);
            compactions.send(2);
            go.go("G2", () -> compactions.receive());
        });
    }

    private static void waitsForItsOwnStop(Kernel.Spawner go) {
        go.go("G1", () -> {
            Event quiesce = new Event();
            quiesce.await();
            quiesce.set();
        });
    }

    private static void rowsThatNobodyReads(Kernel.Spawner go) {
        Channel<Integer> rows = Channel.buffered(16);
        go.go("G1", () -> {
            for (int i = 0; i < 16; i++) {
                rows.send(i);
            }
            go.go("G2", () -> rows.send(16));
            rows.send(17);
        });
    }

    private static void bufferIsFullAlready(Kernel.Spawner go) {
        Channel<Integer> left = Channel.buffered(1);
        go.go("G1", () -> {
            left.send(1);
            left.send(2);
        });
    }

    private static void questionAfterTheEnd(Kernel.Spawner go) {
        Channel<Channel<Integer>> questions = Channel.rendezvous();
        Channel<Integer> stop = Channel.rendezvous();
        go.go("G1", () -> Weft.select(Select.on(questions.receiving()), Select.on(stop.receiving())));
        go.go("G3", () -> stop.send(0));
        go.go("G2", () -> {
            Weft.yieldNow();
            Channel<Integer> answer = Channel.rendezvous();
            questions.send(answer);
            answer.receive();
        });
    }

    private static void closeThatForgetsTheReader(Kernel.Spawner go) {
        go.go("G1", () -> {
            Channel<Integer> received = Channel.rendezvous();
            var reader = go.go("G2", () -> received.receive());
            try {
                reader.join(Duration.ofNanos(300));
            } catch (DeadlineExceeded tooLate) {
                return;
            }
        });
    }

    private static void doneThatNobodySends(Kernel.Spawner go) {
        go.go("G1", () -> {
            Channel<Integer> addresses = Channel.rendezvous();
            go.go("G2", () -> {
                Channel<Integer> done = Channel.rendezvous();
                go.go("G3", () -> addresses.receiveOrEnd()); // returns without a word to done
                done.receive();
            });
            addresses.close();
        });
    }

    private static void resultOfAnAbandonedRequest(Kernel.Spawner go) {
        Event stop = new Event();
        go.go("G1", () -> {
            Channel<Boolean> done = Channel.rendezvous();
            go.go("G2", () -> {
                Weft.yieldNow();
                done.send(true);
            });
            Weft.select(Select.on(stop), Select.on(done.receiving()));
        });
        go.go("helper", () -> stop.set());
    }

    private static void resultOfAnAbandonedRequest2(Kernel.Spawner go) {
        Event stop = new Event();
        go.go("G1", () -> {
            Channel<Boolean> results = Channel.rendezvous();
            go.go("G3", () -> {
                Weft.yieldNow();
                results.send(true);
                results.close();
            });
            Weft.select(Select.on(stop), Select.on(results.receiving()));
        });
        go.go("G2", () -> stop.set());
    }

    private static void statusAfterTheEnd(Kernel.Spawner go) {
        Channel<Integer> status = Channel.rendezvous();
        Event cancelled = new Event();
        go.go("G1", () -> Weft.select(Select.on(status.receiving()), Select.on(cancelled)));
        go.go("G2", () -> {
            cancelled.set();
            Weft.yieldNow();
            status.send(1);
        });
    }

    private static void resetsThatNobodyTakes(Kernel.Spawner go) {
        go.go("G1", () -> {
            Channel<Integer> resets = Channel.buffered(1);
            while (true) {
                resets.send(0);
            }
        });
    }

    private static void resultThatNobodyTakes(Kernel.Spawner go) {
        Channel<Integer> errors = Channel.rendezvous();
        Channel<Integer> results = Channel.rendezvous();
        go.go("G1", () -> results.send(errors.receive()));
        go.go("G2", () -> errors.send(1));
    }

    private static void resultAfterATimeout(Kernel.Spawner go) {
        go.go("G1", () -> {
            Channel<Integer> results = Channel.rendezvous();
            Event begun = new Event();
            go.go("G2", () -> {
                begun.await();
                results.send(1);
            });
            Weft.select(Select.on(results.receiving()), Select.after(Duration.ofNanos(1), () -> 0));
            begun.set();
        });
    }

    private static void progressThatNobodyReads(Kernel.Spawner go) {
        Channel<Integer> progress = Channel.rendezvous();
        go.go("G3", () -> progress.receive()); // one, and returns
        go.go("G1", () -> {
            var watcher = go.go("G2", () -> {
                progress.send(1);
                progress.send(2);
            });
            watcher.join();
            progress.close();
        });
    }

    private static void waitInsideTheLoop(Kernel.Spawner go) {
        go.go("G1", () -> {
            CountDownLatch plugins = new CountDownLatch(2);
            for (int i = 0; i < 2; i++) {
                go.go("plugin", () -> plugins.countDown());
                plugins.await();
            }
        });
    }

    private static void closesItselfFromItsOwnLoop(Kernel.Spawner go) {
        Channel<Integer> inbox = Channel.rendezvous();
        Event stopped = new Event();
        go.go("G2", () -> {
            inbox.receive();
            stopped.await(); // the message's handler closes the connection, and waits for this loop
            stopped.set();
        });
        go.go("G1", () -> {
            inbox.send(1);
            stopped.await();
        });
    }
}
