package dev.weft.bench.rival.bare;

import java.nio.channels.SelectionKey;

/** What a key's attachment does when the key is ready. */
interface Selected {
    void ready(SelectionKey key);
}
