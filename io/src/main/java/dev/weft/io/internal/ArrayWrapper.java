package dev.weft.io.internal;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Wraps arrays in buffers. Callers usually pass the same array repeatedly, so the last buffer is cached, unless that would retain
 * a large array for an idle connection. Must be used by one caller at a time.
 */
@SuppressWarnings("ByteBufferBackingArray") // all buffers are wrapped arrays
public final class ArrayWrapper {
    private static final int LARGEST_KEPT = 64 * 1024;

    private @Nullable ByteBuffer last;

    /** Creates a wrapper for one direction of one connection. */
    public ArrayWrapper() {}

    /** Returns a buffer over a range of {@code bytes}. Valid until the next call. */
    public ByteBuffer wrap(byte[] bytes, int offset, int length) {
        ByteBuffer buffer = last;
        if (buffer == null || buffer.array() != bytes) {
            buffer = ByteBuffer.wrap(bytes);
            last = bytes.length <= LARGEST_KEPT ? buffer : null;
        }
        return buffer.limit(offset + length).position(offset);
    }
}
