package dev.weft.goker;

import static dev.weft.goker.Kernel.certain;
import static dev.weft.goker.Kernel.leaked;
import static dev.weft.goker.Kernel.lock;
import static dev.weft.goker.Kernel.presumed;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.sync.Channel;
import dev.weft.sync.Event;
import dev.weft.sync.Select;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** Kernels in which one holds a lock while it waits for another who needs it. */
final class MixedKernels {
    private MixedKernels() {}

    static List<Kernel> all() {
        return List.of(
                certain("etcd6873", Set.of("G2", "G3"), MixedKernels::joinsInsideALock),
                presumed(
                        "etcd7492",
                        Set.of("keeper", "auth1", "auth2", "auth3", "main"),
                        MixedKernels::sendsInsideALockToOneWhoNeedsIt),
                presumed("kubernetes10182", Set.of("G1", "G3"), MixedKernels::sendsInsideALock),
                presumed("moby28462", Set.of("G1", "G2"), MixedKernels::stopsAMonitorInsideItsLock),
                leaked("etcd7902", Set.of("G1", "leader", "follower"), MixedKernels::followerWaitsInsideALock),
                leaked("grpc1460", Set.of("G1", "G2"), MixedKernels::awaitsInsideALock),
                leaked("istio16224", Set.of("main", "monitor"), MixedKernels::handlerSendsInsideALock),
                leaked("kubernetes1321", Set.of("G1", "G2"), MixedKernels::distributesInsideALock),
                leaked("kubernetes26980", Set.of("main", "pop", "helper"), MixedKernels::popsInsideALock),
                leaked("kubernetes6632", Set.of("G1", "G2"), MixedKernels::distributesInsideALock),
                leaked("serving2137", Set.of("main", "G2", "G3"), MixedKernels::breakerWaitsForTheOther));
    }

    private static void joinsInsideALock(Kernel.Spawner go) {
        ReentrantLock broadcasts = new ReentrantLock();
        Channel<Integer> updates = Channel.buffered(1);
        Greenlet<?> loop = go.go("G2", () -> {
            updates.receive();
            Weft.yieldNow();
            lock(broadcasts);
        });
        updates.send(1);
        go.go("G3", () -> {
            lock(broadcasts);
            updates.close();
            loop.join();
        });
    }

    private static void sendsInsideALockToOneWhoNeedsIt(Kernel.Spawner go) {
        ReentrantLock tokens = new ReentrantLock();
        Channel<Integer> added = Channel.buffered(1);
        List<Greenlet<?>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int number = i;
            all.add(go.go("auth" + i, () -> {
                lock(tokens);
                added.send(number);
                if (number < 1) {
                    tokens.unlock();
                } else {
                    added.send(number); // the buffer is full by now
                    added.send(number);
                }
            }));
        }
        all.add(go.go("keeper", () -> {
            added.receive();
            lock(tokens); // expires tokens before it takes the next
        }));
        Weft.joinAll(all);
    }

    private static void sendsInsideALock(Kernel.Spawner go) {
        ReentrantLock statuses = new ReentrantLock();
        Channel<Boolean> updates = Channel.rendezvous();
        go.go("G1", () -> {
            while (true) {
                updates.receive();
                Weft.yieldNow();
                lock(statuses);
                statuses.unlock();
            }
        });
        for (String name : List.of("G2", "G3")) {
            go.go(name, () -> {
                lock(statuses);
                try {
                    updates.send(true);
                } finally {
                    statuses.unlock();
                }
            });
        }
    }

    private static void stopsAMonitorInsideItsLock(Kernel.Spawner go) {
        ReentrantLock container = new ReentrantLock();
        Channel<Integer> stop = Channel.rendezvous();
        go.go("G1", () -> {
            while (!Weft.select(Select.on(stop.receiving(), value -> true), Select.otherwise(() -> false))) {
                Weft.yieldNow();
                lock(container);
                container.unlock();
            }
        });
        go.go("G2", () -> {
            lock(container);
            stop.send(0);
        });
    }

    private static void followerWaitsInsideALock(Kernel.Spawner go) {
        ReentrantLock rounds = new ReentrantLock();
        Event next = new Event();
        Greenlet<?> follower = go.go("follower", () -> {
            lock(rounds);
            next.await();
        });
        Greenlet<?> leader = go.go("leader", () -> {
            lock(rounds);
            next.set();
        });
        go.go("G1", () -> Weft.joinAll(List.of(follower, leader)));
    }

    private static void awaitsInsideALock(Kernel.Spawner go) {
        ReentrantLock client = new ReentrantLock();
        Channel<Integer> awaken = Channel.rendezvous();
        go.go("G1", () -> {
            lock(client);
            awaken.receive();
        });
        go.go("G2", () -> {
            lock(client);
            awaken.trySend(1);
        });
    }

    private static void handlerSendsInsideALock(Kernel.Spawner go) throws InterruptedException {
        ReentrantLock handlers = new ReentrantLock();
        Channel<Boolean> done = Channel.rendezvous();
        go.go("monitor", () -> {
            lock(handlers);
            done.send(true);
        });
        Weft.yieldNow();
        lock(handlers);
        done.receive();
    }

    private static void distributesInsideALock(Kernel.Spawner go) {
        ReentrantLock mux = new ReentrantLock();
        Channel<Integer> results = Channel.rendezvous();
        go.go("G2", () -> {
            lock(mux);
            results.send(1);
        });
        go.go("G1", () -> {
            lock(mux);
            results.close();
        });
    }

    private static void popsInsideALock(Kernel.Spawner go) {
        ReentrantLock listener = new ReentrantLock();
        Event stop = new Event();
        go.go("pop", () -> {
            lock(listener);
            stop.await();
        });
        Greenlet<?> helper = go.go("helper", () -> lock(listener));
        helper.join();
        stop.set();
    }

    private static void breakerWaitsForTheOther(Kernel.Spawner go) throws InterruptedException {
        Channel<Integer> active = Channel.buffered(1);
        ReentrantLock first = new ReentrantLock();
        ReentrantLock second = new ReentrantLock();
        Channel<Boolean> accepted = Channel.buffered(1);
        lock(first);
        lock(second);
        go.go("G3", () -> {
            active.send(3);
            lock(second);
            active.receive();
        });
        go.go("G2", () -> {
            active.send(2);
            lock(first);
            active.receive();
            accepted.send(true);
        });
        Weft.yieldNow();
        first.unlock();
        accepted.receive();
        second.unlock();
    }
}
