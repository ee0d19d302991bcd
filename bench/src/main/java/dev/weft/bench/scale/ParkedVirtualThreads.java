package dev.weft.bench.scale;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;

/** Virtual threads that all take from one queue. Each ends when it receives an element. */
final class ParkedVirtualThreads implements Crowd {
    private final LinkedTransferQueue<Optional<String>> queue = new LinkedTransferQueue<>();
    private List<Thread> all = List.of();

    @Override
    public void come(int count) throws InterruptedException {
        all = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            all.add(Thread.startVirtualThread(this::takeOne));
        }
        while (queue.getWaitingConsumerCount() < count) {
            TimeUnit.MILLISECONDS.sleep(10); // the count traverses the queue
        }
    }

    private void takeOne() {
        try {
            queue.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void leave() throws InterruptedException {
        for (int i = 0; i < all.size(); i++) {
            queue.put(Optional.empty());
        }
        for (Thread thread : all) {
            thread.join();
        }
        all = List.of();
    }
}
