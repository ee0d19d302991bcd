package dev.weft.goker;

import static dev.weft.goker.Kernel.certain;
import static dev.weft.goker.Kernel.leaked;
import static dev.weft.goker.Kernel.lock;
import static dev.weft.goker.Kernel.mutex;

import dev.weft.Weft;
import dev.weft.sync.Event;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.StampedLock;

/**
 * Kernels about locks alone. A lock that Go's program takes twice is a {@link StampedLock} here, as Java's other locks know their
 * owner. A read lock that must not be taken again while a writer waits is a fair semaphore of which a writer takes all permits, as
 * Java's read locks admit the one who has it.
 */
@SuppressWarnings("WaitNotInLoop") // they wait for what never comes
final class LockKernels {
    private static final int ALL = 100;

    private LockKernels() {}

    private static Semaphore readWriteLock() {
        return new Semaphore(ALL, true);
    }

    static List<Kernel> all() {
        return List.of(
                certain("cockroach10214", Set.of("G1", "G2"), LockKernels::oppositeOrder),
                certain("cockroach7504", Set.of("G1", "G2"), LockKernels::oppositeOrderBelowAThird),
                certain("kubernetes13135", Set.of("G2", "G3"), LockKernels::oppositeOrder2And3),
                certain("kubernetes30872", Set.of("G2", "G3", "G4"), LockKernels::oppositeOrderAndABystander),
                certain("hugo3251", Set.of("G2", "G3"), LockKernels::unlockNeedsTheOuterLock),
                certain("hugo5379", Set.of("G2", "G3"), LockKernels::onceInsideALock),
                certain("moby4951", Set.of("G1", "G2"), LockKernels::lockTakenBackInTheWrongOrder),
                certain("moby17176", Set.of("G2"), LockKernels::unlockMissing),
                certain("grpc3017", Set.of("G1", "G2"), LockKernels::unlockMissingInATimer),
                leaked("cockroach584", Set.of("G1"), go -> go.go("G1", LockKernels::lockTwice)),
                leaked("cockroach9935", Set.of("G1"), go -> go.go("G1", LockKernels::lockTwice)),
                leaked("etcd10492", Set.of("G1"), LockKernels::lockAgainInACallback),
                leaked("etcd6708", Set.of("G1"), LockKernels::readInsideWrite),
                leaked("etcd5509", Set.of("G1"), LockKernels::readUnlockMissing),
                leaked("grpc795", Set.of("G1"), LockKernels::lockInsteadOfUnlock),
                leaked("moby36114", Set.of("G1"), go -> go.go("G1", LockKernels::lockTwice)),
                leaked("moby7559", Set.of("G1"), LockKernels::unlockMissingBeforeTheNextRound),
                leaked("syncthing4829", Set.of("G1"), LockKernels::readInsideWrite),
                leaked("cockroach16167", Set.of("G1", "G2"), LockKernels::readTwiceAroundAWriter),
                leaked("cockroach3710", Set.of("G1", "G2"), LockKernels::readTwiceAroundAWriter),
                leaked("kubernetes62464", Set.of("G1", "G2"), LockKernels::readTwiceAroundAWriter),
                leaked("cockroach6181", Set.of("G1", "G2", "G3"), LockKernels::readersBecomeWriters),
                leaked("kubernetes58107", Set.of("G3", "G4", "G5"), LockKernels::conditionUnderAReadLock),
                leaked("kubernetes11298", Set.of("G1", "G2"), LockKernels::signalBeforeTheWait),
                leaked("moby27782", Set.of("G1", "G2"), LockKernels::conditionUnderAnotherLock),
                leaked("moby29733", Set.of("G1", "G2"), LockKernels::conditionThatNobodySignals),
                leaked("moby30408", Set.of("G1", "G2"), LockKernels::conditionThatNobodySignals));
    }

    private static void both(Lock first, Lock second) throws InterruptedException {
        lock(first);
        Weft.yieldNow();
        lock(second);
    }

    private static void oppositeOrder(Kernel.Spawner go) {
        ReentrantLock coalesced = new ReentrantLock();
        ReentrantLock raft = new ReentrantLock();
        go.go("G1", () -> both(coalesced, raft));
        go.go("G2", () -> both(raft, coalesced));
    }

    private static void oppositeOrder2And3(Kernel.Spawner go) {
        ReentrantLock cacher = new ReentrantLock();
        ReentrantLock watchCache = new ReentrantLock();
        go.go("G2", () -> both(cacher, watchCache));
        go.go("G3", () -> both(watchCache, cacher));
    }

    private static void oppositeOrderBelowAThird(Kernel.Spawner go) {
        ReentrantLock table = new ReentrantLock();
        ReentrantLock lease = new ReentrantLock();
        ReentrantLock names = new ReentrantLock();
        go.go("G1", () -> both(names, lease));
        go.go("G2", () -> {
            lock(table);
            both(lease, names);
        });
    }

    private static void oppositeOrderAndABystander(Kernel.Spawner go) {
        ReentrantLock informer = new ReentrantLock();
        ReentrantLock queue = new ReentrantLock();
        go.go("G2", () -> both(queue, informer));
        go.go("G4", () -> both(informer, queue));
        go.go("G3", () -> lock(informer));
    }

    private static void unlockNeedsTheOuterLock(Kernel.Spawner go) {
        ReentrantLock table = new ReentrantLock();
        ReentrantLock url = new ReentrantLock();
        go.go(
                "G2",
                () -> { // has the URL's lock, and needs the table's to give it back
                    lock(url);
                    Weft.yieldNow();
                    lock(table);
                });
        go.go("G3", () -> both(table, url));
    }

    private static void onceInsideALock(Kernel.Spawner go) {
        ReentrantLock content = new ReentrantLock();
        ReentrantLock once = new ReentrantLock(); // as sync.Once, whose second caller waits for the first
        go.go("G2", () -> both(content, once));
        go.go("G3", () -> both(once, content));
    }

    private static void lockTakenBackInTheWrongOrder(Kernel.Spawner go) {
        ReentrantLock devices = new ReentrantLock();
        ReentrantLock info = new ReentrantLock();
        for (String name : List.of("G1", "G2")) {
            go.go(name, () -> {
                lock(devices);
                lock(info);
                devices.unlock();
                Weft.yieldNow();
                lock(devices);
            });
        }
    }

    private static void unlockMissing(Kernel.Spawner go) {
        ReentrantLock devices = new ReentrantLock();
        go.go("G1", () -> lock(devices)); // and returns
        go.go("G2", () -> lock(devices));
    }

    private static void unlockMissingInATimer(Kernel.Spawner go) {
        ReentrantLock cache = new ReentrantLock();
        go.go("G3", () -> lock(cache)); // the deletion was aborted
        var remover = go.go("G2", () -> lock(cache));
        go.go("G1", () -> remover.join());
    }

    private static void lockTwice() throws InterruptedException {
        Lock mutex = mutex();
        lock(mutex);
        lock(mutex);
    }

    private static void lockAgainInACallback(Kernel.Spawner go) {
        Lock lessor = mutex();
        Checkpointer checkpointer = () -> lock(lessor);
        go.go("G1", () -> {
            lock(lessor);
            checkpointer.checkpoint();
        });
    }

    private interface Checkpointer {
        void checkpoint() throws InterruptedException;
    }

    private static void readInsideWrite(Kernel.Spawner go) {
        StampedLock client = new StampedLock();
        go.go("G1", () -> {
            client.writeLockInterruptibly();
            client.readLockInterruptibly();
        });
    }

    private static void readUnlockMissing(Kernel.Spawner go) {
        StampedLock client = new StampedLock();
        go.go("G2", () -> client.readLockInterruptibly()); // returns an error, and keeps the lock
        go.go("G1", () -> client.writeLockInterruptibly());
    }

    private static void lockInsteadOfUnlock(Kernel.Spawner go) {
        Lock server = mutex();
        boolean[] drained = {false};
        go.go("G1", () -> {
            for (int i = 0; i < 2; i++) {
                lock(server);
                if (drained[0]) {
                    lock(server);
                }
                drained[0] = true;
                server.unlock();
            }
        });
    }

    private static void unlockMissingBeforeTheNextRound(Kernel.Spawner go) {
        Lock tracked = mutex();
        go.go("G1", () -> {
            for (int i = 0; i < 2; i++) {
                lock(tracked); // the dial fails, and the loop continues
            }
        });
    }

    private static void readTwiceAroundAWriter(Kernel.Spawner go) {
        Semaphore config = readWriteLock();
        go.go("G1", () -> {
            config.acquire();
            Weft.yieldNow();
            config.acquire();
        });
        go.go("G2", () -> config.acquire(ALL));
    }

    private static void readersBecomeWriters(Kernel.Spawner go) {
        Semaphore cache = readWriteLock();
        var reader = go.go("G2", () -> {
            cache.acquire();
            Weft.yieldNow();
            cache.acquire();
        });
        var writer = go.go("G3", () -> {
            cache.acquire();
            cache.release();
            cache.acquire(ALL);
        });
        go.go("G1", () -> {
            reader.join();
            writer.join();
        });
    }

    private static void conditionUnderAReadLock(Kernel.Spawner go) {
        Semaphore workers = readWriteLock();
        ReentrantLock queue = new ReentrantLock();
        Condition filled = queue.newCondition();
        go.go("G3", () -> {
            workers.acquire();
            lock(queue);
            filled.await();
        });
        go.go("G5", () -> workers.acquire(ALL));
        go.go("G4", () -> workers.acquire());
    }

    private static void signalBeforeTheWait(Kernel.Spawner go) {
        ReentrantLock notifier = new ReentrantLock();
        Condition changed = notifier.newCondition();
        var waiter = go.go("G2", () -> {
            Weft.yieldNow();
            lock(notifier);
            changed.await();
        });
        go.go("G1", () -> {
            lock(notifier);
            changed.signal(); // too early
            notifier.unlock();
            waiter.join();
        });
    }

    private static void conditionUnderAnotherLock(Kernel.Spawner go) {
        ReentrantLock logger = new ReentrantLock();
        ReentrantLock watcher = new ReentrantLock();
        Condition removed = watcher.newCondition();
        go.go("G2", () -> {
            lock(logger);
            lock(watcher);
            removed.await();
        });
        go.go("G1", () -> lock(logger));
    }

    private static void conditionThatNobodySignals(Kernel.Spawner go) {
        ReentrantLock plugin = new ReentrantLock();
        Condition active = plugin.newCondition();
        Event done = new Event();
        go.go("G2", () -> {
            lock(plugin);
            active.await();
            done.set();
        });
        go.go("G1", () -> done.await());
    }
}
