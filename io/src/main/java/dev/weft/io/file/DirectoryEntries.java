package dev.weft.io.file;

import dev.weft.io.offload.OffloadedCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a directory or a directory tree, in no particular order except that parents precede their children. They can be
 * iterated once. Entries are fetched in batches of up to 512, so memory use is bounded regardless of the size of the tree. Must
 * be closed unless iterated to the end.
 *
 * <p>As with {@link java.nio.file.Files#walk}, a directory that cannot be read ends the iteration with an {@link
 * UncheckedIOException}, after the preceding entries. Must be used by one greenlet at a time.
 */
public final class DirectoryEntries implements Iterable<Path>, AutoCloseable {
    private static final int BATCH = 512;
    private static final long BATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Path root;
    private final Stream<Path> stream;
    private final Iterator<Path> source;
    private final ArrayDeque<Path> batch = new ArrayDeque<>();
    private boolean atEnd;
    private @Nullable UncheckedIOException failure; // thrown after the current batch

    private DirectoryEntries(Path root, Stream<Path> stream) {
        this.root = root;
        this.stream = stream;
        source = stream.iterator();
    }

    /** Returns the entries of {@code root}, from the stream that {@code opening} returns. */
    static DirectoryEntries of(Path root, OffloadedCalls.Blocking<Stream<Path>> opening) throws IOException {
        return OffloadedCalls.call(
                FileOffloads.UNINTERRUPTED, "listing of", root, () -> new DirectoryEntries(root, opening.call()));
    }

    /** Returns an iterator over the remaining entries. All iterators consume the same source. */
    @Override
    public Iterator<Path> iterator() {
        return new RemainingEntries();
    }

    private final class RemainingEntries implements Iterator<Path> {
        @Override
        public boolean hasNext() {
            if (batch.isEmpty() && !atEnd) {
                fetch();
            }
            if (batch.isEmpty() && failure != null) {
                UncheckedIOException thrown = failure;
                failure = null;
                throw thrown;
            }
            return !batch.isEmpty();
        }

        @Override
        public Path next() {
            if (!hasNext()) {
                throw new NoSuchElementException("no more entries of " + root);
            }
            return batch.remove();
        }
    }

    private void fetch() {
        try {
            OffloadedCalls.run(FileOffloads.UNINTERRUPTED, "listing of", root, this::fetchBatch);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void fetchBatch() {
        long end = System.nanoTime() + BATCH_NANOS;
        try {
            do {
                if (!source.hasNext()) {
                    atEnd = true;
                    stream.close();
                    return;
                }
                batch.add(source.next());
            } while (batch.size() < BATCH && System.nanoTime() - end < 0);
        } catch (UncheckedIOException e) {
            atEnd = true;
            failure = e;
            stream.close();
        }
    }

    /** Closes the directories in the background, without waiting. */
    @Override
    public void close() {
        batch.clear();
        if (!atEnd) {
            atEnd = true;
            OffloadedCalls.closeInBackground(stream::close);
        }
    }

    @Override
    public String toString() {
        return "entries of " + root;
    }
}
