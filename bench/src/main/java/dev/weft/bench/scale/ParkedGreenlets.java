package dev.weft.bench.scale;

import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.sync.Channel;

/** Greenlets of one loop, all of which receive from one channel. */
final class ParkedGreenlets implements Crowd {
    private final LoopGroup group = LoopGroup.open();
    private final Loop loop = group.next();
    private final Loop.Handle spawner = loop.keepAlive();
    private Channel<String> channel = Channel.on(loop).rendezvous();

    @Override
    public void come(int count) {
        Channel<String> empty = Channel.on(loop).rendezvous();
        channel = empty;
        loop.spawn(() -> {
                    for (int i = 0; i < count; i++) {
                        Weft.spawn(empty::receiveOrEnd);
                    }
                })
                .join();
        afterAllOthers(loop);
    }

    @Override
    public void leave() {
        channel.close();
        afterAllOthers(loop);
    }

    /** Returns when all that were spawned or woken before have had their turn: the queue is first in, first out. */
    static void afterAllOthers(Loop loop) {
        loop.spawn(() -> Weft.yieldNow()).join();
    }

    @Override
    public void close() {
        spawner.close();
        group.close();
    }
}
