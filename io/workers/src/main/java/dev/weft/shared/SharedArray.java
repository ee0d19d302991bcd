package dev.weft.shared;

import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An array of numbers in memory that several processes share. Serialisation sends a reference to it, not its elements:
 *
 * <pre>{@code
 * try (SharedArray.OfDouble samples = SharedArray.ofDoubles(1_000_000)) {
 *     samples.segment().copyFrom(MemorySegment.ofArray(measured));
 *     List<Double> sums = workers.map(ranges, range -> range.sum(samples));
 * }
 * }</pre>
 *
 * <p>Any thread may use it. Plain reads and writes have no order between processes, except that a task sees what was written
 * before it was submitted, and its submitter sees what it wrote, once it has ended. For more use the atomic methods, whose memory
 * effects are those of {@link VarHandle}, or any {@code VarHandle} of a {@link ValueLayout} on the {@link #segment}.
 *
 * <p>The creator closes it, when the tasks that use it have ended. After that its own accesses throw {@link
 * IllegalStateException}, and it can no longer be sent. Where it was received, closing has no effect; the mapping lasts while
 * the array is reachable there. The memory is free when nobody maps it. On Linux that is so even if the processes are killed; on
 * other systems a killed creator leaves a file in the directory for temporary files.
 *
 * <p>An array that is received again while it is reachable, or that comes back to its creator, is the same object. The memory is
 * in {@code /dev/shm} if it has room there, otherwise in a temporary file. Creation writes all of it, about a second for 2 GiB;
 * receiving takes about 0.1 ms.
 */
public abstract sealed class SharedArray implements AutoCloseable, Serializable {
    private static final long serialVersionUID = 1L;

    /** The arrays that are reachable, of which this process is the creator or which it has received. */
    private static final Map<SharedFile.Reference, WeakReference<SharedArray>> KNOWN = new HashMap<>(); // guards itself

    private final transient @Nullable SharedFile file; // null if it was received
    private final transient Reference reference;
    private final transient MemorySegment segment;
    private final transient long length;

    private SharedArray(SharedFile file, Kind kind) {
        this.file = file;
        reference = new Reference(kind, file.reference());
        segment = file.segment();
        length = segment.byteSize() / kind.size;
        remember(this);
    }

    private SharedArray(Reference reference, MemorySegment segment) {
        file = null;
        this.reference = reference;
        this.segment = segment;
        length = segment.byteSize() / reference.kind.size;
        remember(this);
    }

    private enum Kind {
        BYTE(Byte.BYTES),
        INT(Integer.BYTES),
        LONG(Long.BYTES),
        DOUBLE(Double.BYTES);

        private final int size;

        Kind(int size) {
            this.size = size;
        }

        SharedFile create(long length) throws IOException {
            if (length < 1 || length > Long.MAX_VALUE / size) {
                throw new IllegalArgumentException("a shared array has at least one element: " + length);
            }
            return Suspension.isOnLoop()
                    ? Weft.offload(() -> SharedFile.create(length * size))
                    : SharedFile.create(length * size);
        }

        SharedArray received(Reference reference, MemorySegment segment) {
            return switch (this) {
                case BYTE -> new OfByte(reference, segment);
                case INT -> new OfInt(reference, segment);
                case LONG -> new OfLong(reference, segment);
                case DOUBLE -> new OfDouble(reference, segment);
            };
        }
    }

    /** Travels in place of an array. */
    private record Reference(Kind kind, SharedFile.Reference file) implements Serializable {
        private Object readResolve() throws InvalidObjectException {
            synchronized (KNOWN) {
                WeakReference<SharedArray> known = KNOWN.get(file);
                SharedArray array = known == null ? null : known.get();
                try {
                    return array == null ? kind.received(this, file.map()) : array;
                } catch (IOException e) {
                    throw new InvalidObjectException(e.getMessage(), e);
                }
            }
        }
    }

    private static void remember(SharedArray array) {
        synchronized (KNOWN) {
            KNOWN.values().removeIf(known -> known.refersTo(null));
            KNOWN.put(array.reference.file, new WeakReference<>(array));
        }
    }

    /** Creates an array of {@code length} zeros. */
    public static OfByte ofBytes(long length) throws IOException {
        return new OfByte(Kind.BYTE.create(length));
    }

    /** Creates an array of {@code length} zeros. */
    public static OfInt ofInts(long length) throws IOException {
        return new OfInt(Kind.INT.create(length));
    }

    /** Creates an array of {@code length} zeros. */
    public static OfLong ofLongs(long length) throws IOException {
        return new OfLong(Kind.LONG.create(length));
    }

    /** Creates an array of {@code length} zeros. */
    public static OfDouble ofDoubles(long length) throws IOException {
        return new OfDouble(Kind.DOUBLE.create(length));
    }

    /** Returns the number of elements. */
    public final long length() {
        return length;
    }

    /** Returns the memory, for bulk operations and slices. */
    public final MemorySegment segment() {
        return segment;
    }

    /** Throws if {@code index} is not one of an element, and returns it. */
    final long checked(long index) {
        return Objects.checkIndex(index, length);
    }

    /** Ends the array, if this is its creator; see above. Closing again has no effect. */
    @Override
    public final void close() {
        synchronized (KNOWN) {
            if (file == null || !segment.scope().isAlive()) {
                return;
            }
            KNOWN.remove(reference.file);
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    final Object writeReplace() throws NotSerializableException {
        if (!segment.scope().isAlive()) {
            throw new NotSerializableException(
                    "a shared array that has been closed; close it when its tasks have ended");
        }
        return reference;
    }

    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("a shared array travels as a reference");
    }

    @Override
    public final String toString() {
        return "shared array of " + length + " " + reference.kind + " at " + reference.file.path();
    }

    /** An array of bytes. */
    public static final class OfByte extends SharedArray {
        private static final long serialVersionUID = 1L;

        private OfByte(SharedFile file) {
            super(file, Kind.BYTE);
        }

        private OfByte(Reference reference, MemorySegment segment) {
            super(reference, segment);
        }

        /** Returns the element at {@code index}. */
        public byte get(long index) {
            return segment().getAtIndex(ValueLayout.JAVA_BYTE, checked(index));
        }

        /** Sets the element at {@code index}. */
        public void set(long index, byte value) {
            segment().setAtIndex(ValueLayout.JAVA_BYTE, checked(index), value);
        }
    }

    /** An array of ints. */
    public static final class OfInt extends SharedArray {
        private static final long serialVersionUID = 1L;

        private static final VarHandle ELEMENTS = ValueLayout.JAVA_INT.arrayElementVarHandle();

        private OfInt(SharedFile file) {
            super(file, Kind.INT);
        }

        private OfInt(Reference reference, MemorySegment segment) {
            super(reference, segment);
        }

        /** Returns the element at {@code index}. */
        public int get(long index) {
            return segment().getAtIndex(ValueLayout.JAVA_INT, checked(index));
        }

        /** Sets the element at {@code index}. */
        public void set(long index, int value) {
            segment().setAtIndex(ValueLayout.JAVA_INT, checked(index), value);
        }

        /** Returns the element at {@code index}, with all that was written before its {@link #setRelease}. */
        public int getAcquire(long index) {
            return (int) ELEMENTS.getAcquire(segment(), 0L, checked(index));
        }

        /** Sets the element at {@code index} for those that {@link #getAcquire} it. */
        public void setRelease(long index, int value) {
            ELEMENTS.setRelease(segment(), 0L, checked(index), value);
        }

        /** Adds {@code delta} to the element at {@code index}, atomically, and returns what it was before. */
        public int getAndAdd(long index, int delta) {
            return (int) ELEMENTS.getAndAdd(segment(), 0L, checked(index), delta);
        }

        /** Sets the element at {@code index} if it is {@code expected}, atomically, and returns whether it was. */
        public boolean compareAndSet(long index, int expected, int value) {
            return ELEMENTS.compareAndSet(segment(), 0L, checked(index), expected, value);
        }
    }

    /** An array of longs. */
    public static final class OfLong extends SharedArray {
        private static final long serialVersionUID = 1L;

        private static final VarHandle ELEMENTS = ValueLayout.JAVA_LONG.arrayElementVarHandle();

        private OfLong(SharedFile file) {
            super(file, Kind.LONG);
        }

        private OfLong(Reference reference, MemorySegment segment) {
            super(reference, segment);
        }

        /** Returns the element at {@code index}. */
        public long get(long index) {
            return segment().getAtIndex(ValueLayout.JAVA_LONG, checked(index));
        }

        /** Sets the element at {@code index}. */
        public void set(long index, long value) {
            segment().setAtIndex(ValueLayout.JAVA_LONG, checked(index), value);
        }

        /** Returns the element at {@code index}, with all that was written before its {@link #setRelease}. */
        public long getAcquire(long index) {
            return (long) ELEMENTS.getAcquire(segment(), 0L, checked(index));
        }

        /** Sets the element at {@code index} for those that {@link #getAcquire} it. */
        public void setRelease(long index, long value) {
            ELEMENTS.setRelease(segment(), 0L, checked(index), value);
        }

        /** Adds {@code delta} to the element at {@code index}, atomically, and returns what it was before. */
        public long getAndAdd(long index, long delta) {
            return (long) ELEMENTS.getAndAdd(segment(), 0L, checked(index), delta);
        }

        /** Sets the element at {@code index} if it is {@code expected}, atomically, and returns whether it was. */
        public boolean compareAndSet(long index, long expected, long value) {
            return ELEMENTS.compareAndSet(segment(), 0L, checked(index), expected, value);
        }
    }

    /** An array of doubles. */
    public static final class OfDouble extends SharedArray {
        private static final long serialVersionUID = 1L;

        private OfDouble(SharedFile file) {
            super(file, Kind.DOUBLE);
        }

        private OfDouble(Reference reference, MemorySegment segment) {
            super(reference, segment);
        }

        /** Returns the element at {@code index}. */
        public double get(long index) {
            return segment().getAtIndex(ValueLayout.JAVA_DOUBLE, checked(index));
        }

        /** Sets the element at {@code index}. */
        public void set(long index, double value) {
            segment().setAtIndex(ValueLayout.JAVA_DOUBLE, checked(index), value);
        }
    }
}
