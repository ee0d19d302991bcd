package dev.weft.stm;

import java.util.ArrayList;
import java.util.List;

/** A bounded queue as in the papers: {@code put} and {@code take} retry, and compose. */
final class BoundedQueue<T> {
    private final TVar<List<T>> items;
    private final int capacity;

    BoundedQueue(Store store, String name, int capacity) {
        items = store.variable(name, List.of());
        this.capacity = capacity;
    }

    void put(Transaction tx, T item) {
        List<T> present = tx.read(items);
        tx.check(present.size() < capacity);
        List<T> more = new ArrayList<>(present);
        more.add(item);
        tx.write(items, List.copyOf(more));
    }

    T take(Transaction tx) {
        List<T> present = tx.read(items);
        tx.check(!present.isEmpty());
        tx.write(items, List.copyOf(present.subList(1, present.size())));
        return present.getFirst();
    }

    int size(Transaction tx) {
        return tx.read(items).size();
    }
}
