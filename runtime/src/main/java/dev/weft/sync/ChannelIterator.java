package dev.weft.sync;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Supplier;

/** An iterator that receives. {@code hasNext} receives one value ahead. */
final class ChannelIterator<T> implements Iterator<T> {
    private final Object source;
    private final Supplier<Optional<T>> receive;
    private Optional<T> next = Optional.empty();

    /** Creates an iterator; {@code receive} waits for the next value of {@code source} and returns empty at its end. */
    ChannelIterator(Object source, Supplier<Optional<T>> receive) {
        this.source = source;
        this.receive = receive;
    }

    @Override
    public boolean hasNext() {
        if (next.isEmpty()) {
            next = receive.get();
        }
        return next.isPresent();
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException(source + " has ended");
        }
        T value = next.orElseThrow();
        next = Optional.empty();
        return value;
    }
}
