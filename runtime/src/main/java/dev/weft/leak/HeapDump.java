package dev.weft.leak;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A dump of this JVM's heap in the HPROF binary format, as {@code hprof_b_spec.h} and HotSpot's {@code heapDumper.cpp} define it:
 * its roots, and the references of each object. The file is mapped, and only the position of each object is kept in memory, some
 * 40 bytes an object. Since JDK 22 the stacks of virtual threads that are not mounted are among the roots.
 */
final class HeapDump implements AutoCloseable {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int[] SIZES = {0, 0, 8, 0, 1, 2, 4, 8, 1, 2, 4, 8}; // of a value, by its type
    private static final int REFERENCE = 2;
    private static final int ID = 8;
    private static final int NOWHERE = -1;

    // Records.
    private static final int NAME = 0x01;
    private static final int LOADED_CLASS = 0x02;
    private static final int SEGMENT_OF_THE_PAST = 0x0C;
    private static final int SEGMENT = 0x1C;

    // Parts of a segment.
    private static final int JNI_GLOBAL = 0x01;
    private static final int JNI_LOCAL = 0x02;
    private static final int FRAME = 0x03;
    private static final int NATIVE_STACK = 0x04;
    private static final int STICKY_CLASS = 0x05;
    private static final int THREAD_BLOCK = 0x06;
    private static final int MONITOR = 0x07;
    private static final int THREAD = 0x08;
    private static final int CLASS = 0x20;
    private static final int INSTANCE = 0x21;
    private static final int ARRAY = 0x22;
    private static final int PRIMITIVES = 0x23;
    private static final int UNKNOWN_ROOT = 0xFF;

    private final Arena arena;
    private final Path file;
    private final MemorySegment bytes;
    private final Long2LongHashMap positions = new Long2LongHashMap(NOWHERE); // of objects, by their identifiers
    private final Long2ObjectHashMap<Type> types = new Long2ObjectHashMap<>();
    private final Long2ObjectHashMap<String> names = new Long2ObjectHashMap<>();
    private final Long2LongHashMap nameOfClass = new Long2LongHashMap(NOWHERE);
    private final List<long[]> roots = new ArrayList<>(); // object, serial number of its thread or 0
    private final Long2LongHashMap threads = new Long2LongHashMap(0); // serial numbers, by thread object

    /** A class: its name, where its references are, and what its statics refer to. */
    static final class Type {
        final String name;
        private final long parent;
        private final List<Field> fields;
        private final long[] statics;

        private Type(String name, long parent, List<Field> fields, long[] statics) {
            this.name = name;
            this.parent = parent;
            this.fields = fields;
            this.statics = statics;
        }
    }

    private record Field(String name, int type, int offset) {}

    private HeapDump(Path file) throws IOException {
        this.file = file;
        arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file)) {
            bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
        read();
    }

    /** Takes a dump into a temporary file, which {@link #close} deletes. All threads of the JVM stand still meanwhile. */
    static HeapDump take() throws IOException {
        Path directory = Files.createTempDirectory("weft-leaks");
        Path file = directory.resolve("heap.hprof");
        try {
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpHeap(file.toString(), false);
            return new HeapDump(file);
        } catch (NoClassDefFoundError e) {
            delete(file);
            throw new UnsupportedOperationException(
                    "the search for leaks takes a heap dump and needs the JDK's module: --add-modules jdk.management",
                    e);
        } catch (IOException | RuntimeException | Error e) {
            delete(file);
            throw e;
        }
    }

    private static void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
        Files.deleteIfExists(Objects.requireNonNull(file.getParent()));
    }

    private void read() {
        long at = 0;
        while (bytes.get(ValueLayout.JAVA_BYTE, at) != 0) {
            at++; // the name of the format
        }
        at++;
        if (bytes.get(INT, at) != ID) {
            throw new IllegalStateException(
                    "the heap dump " + file + " has identifiers of " + bytes.get(INT, at) + " bytes");
        }
        at += 4 + 8;
        while (at < bytes.byteSize()) {
            int tag = u1(at);
            long length = Integer.toUnsignedLong(bytes.get(INT, at + 5));
            long body = at + 9;
            switch (tag) {
                case NAME -> names.put(id(body), text(body + ID, length - ID));
                case LOADED_CLASS -> nameOfClass.put(id(body + 4), id(body + 4 + ID + 4));
                case SEGMENT, SEGMENT_OF_THE_PAST -> readSegment(body, body + length);
                default -> {}
            }
            at = body + length;
        }
    }

    private void readSegment(long begin, long end) {
        long at = begin;
        while (at < end) {
            int tag = u1(at);
            at++;
            at += switch (tag) {
                case UNKNOWN_ROOT, STICKY_CLASS, MONITOR -> root(id(at), 0, ID);
                case JNI_GLOBAL -> root(id(at), 0, 2 * ID);
                case JNI_LOCAL, FRAME -> root(id(at), bytes.get(INT, at + ID), ID + 8);
                case NATIVE_STACK, THREAD_BLOCK -> root(id(at), bytes.get(INT, at + ID), ID + 4);
                case THREAD -> thread(at);
                case CLASS -> readClass(at);
                case INSTANCE -> placed(at - 1, id(at), ID + 4 + ID + 4 + bytes.get(INT, at + ID + 4 + ID));
                case ARRAY -> placed(at - 1, id(at), ID + 4 + 4 + ID + (long) ID * bytes.get(INT, at + ID + 4));
                case PRIMITIVES -> ID + 4 + 4 + 1 + (long) SIZES[u1(at + ID + 8)] * bytes.get(INT, at + ID + 4);
                default ->
                    throw new IllegalStateException(
                            "the heap dump " + file + " has an unknown part " + tag + " at " + (at - 1));
            };
        }
    }

    private long root(long object, int thread, long length) {
        roots.add(new long[] {object, thread});
        return length;
    }

    private long thread(long at) {
        threads.put(id(at), bytes.get(INT, at + ID));
        return root(id(at), bytes.get(INT, at + ID), ID + 8);
    }

    private long placed(long position, long object, long length) {
        positions.put(object, position);
        return length;
    }

    private long readClass(long begin) {
        long at = begin + ID + 4;
        long parent = id(at);
        List<Long> held = new ArrayList<>(List.of(parent, id(at + ID))); // with its loader
        at += 6 * ID + 4;
        int constants = u2(at);
        at += 2;
        for (int i = 0; i < constants; i++) {
            at += 3 + SIZES[u1(at + 2)];
        }
        int statics = u2(at);
        at += 2;
        for (int i = 0; i < statics; i++) {
            int type = u1(at + ID);
            if (type == REFERENCE) {
                held.add(id(at + ID + 1));
            }
            at += ID + 1 + SIZES[type];
        }
        int count = u2(at);
        at += 2;
        List<Field> fields = new ArrayList<>();
        int offset = 0;
        for (int i = 0; i < count; i++) {
            int type = u1(at + ID);
            fields.add(new Field(Objects.requireNonNullElse(names.get(id(at)), ""), type, offset));
            offset += SIZES[type];
            at += ID + 1;
        }
        long self = id(begin);
        String name =
                Objects.requireNonNullElse(names.get(nameOfClass.get(self)), "").replace('/', '.');
        types.put(
                self,
                new Type(
                        name,
                        parent,
                        fields,
                        held.stream().mapToLong(each -> each).toArray()));
        return at - begin;
    }

    /** Returns the type of {@code object}; null if it is an array or a class. */
    @Nullable Type typeOf(long object) {
        long at = positions.get(object);
        return at != NOWHERE && u1(at) == INSTANCE ? types.get(id(at + 1 + ID + 4)) : null;
    }

    /** Calls {@code visitor} for each object of the class called {@code name}. */
    void forEachOf(String name, LongConsumer visitor) {
        positions.forEachLong((object, at) -> {
            Type type = typeOf(object);
            if (type != null && type.name.equals(name)) {
                visitor.accept(object);
            }
        });
    }

    /** Returns the value of the reference {@code field} of {@code object}; 0 if it is null. */
    long reference(long object, String field) {
        return value(object, field, REFERENCE);
    }

    /** Returns the value of the {@code long} called {@code field} of {@code object}. */
    long number(long object, String field) {
        return value(object, field, 11);
    }

    private long value(long object, String name, int type) {
        long at = positions.get(object);
        long values = at + 1 + ID + 4 + ID + 4;
        Type next = typeOf(object);
        while (next != null) {
            for (Field field : next.fields) {
                if (field.type == type && field.name.equals(name)) {
                    return bytes.get(LONG, values + field.offset);
                }
            }
            values += size(next);
            next = types.get(next.parent);
        }
        throw new IllegalArgumentException("no field " + name + " in the object " + object + " of the heap dump");
    }

    private static int size(Type type) {
        if (type.fields.isEmpty()) {
            return 0;
        }
        Field last = type.fields.get(type.fields.size() - 1);
        return last.offset + SIZES[last.type];
    }

    /** Calls {@code visitor} for each object that {@code object} refers to, except by a weak reference. */
    void forEachReference(long object, LongConsumer visitor) {
        Type type = types.get(object);
        if (type != null) { // it is a class
            for (long held : type.statics) {
                visitor.accept(held);
            }
            return;
        }
        long at = positions.get(object);
        if (at == NOWHERE) {
            return;
        }
        if (u1(at) == ARRAY) {
            int length = bytes.get(INT, at + 1 + ID + 4);
            long values = at + 1 + ID + 4 + 4 + ID;
            for (int i = 0; i < length; i++) {
                visitor.accept(id(values + (long) i * ID));
            }
            return;
        }
        long parent = id(at + 1 + ID + 4);
        visitor.accept(parent);
        long values = at + 1 + ID + 4 + ID + 4;
        for (Type next = types.get(parent); next != null; next = types.get(next.parent)) {
            for (Field field : next.fields) {
                if (field.type == REFERENCE && !isWeak(next, field)) {
                    visitor.accept(id(values + field.offset));
                }
            }
            values += size(next);
        }
    }

    private static boolean isWeak(Type type, Field field) {
        return type.name.equals("java.lang.ref.Reference")
                && (field.name.equals("referent") || field.name.equals("discovered"));
    }

    /** A visitor of roots. */
    interface RootVisitor {
        /** {@code object} is referred to from outside the heap; by the thread of the number {@code thread}, unless that is 0. */
        void visit(long object, long thread);
    }

    void forEachRoot(RootVisitor visitor) {
        roots.forEach(root -> visitor.visit(root[0], root[1]));
    }

    /** Returns the number by which roots refer to {@code thread}; 0 if it has none. */
    long serialOf(long thread) {
        return threads.get(thread);
    }

    private int u1(long at) {
        return Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, at));
    }

    private int u2(long at) {
        return Short.toUnsignedInt(bytes.get(SHORT, at));
    }

    private long id(long at) {
        return bytes.get(LONG, at);
    }

    private String text(long at, long length) {
        return new String(bytes.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        arena.close();
        delete(file);
    }
}
