package dev.weft.bench.scale;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;

/** Virtual threads, all of which take from one queue. They end when they get nothing. */
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
            TimeUnit.MILLISECONDS.sleep(10); // it walks the queue
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
