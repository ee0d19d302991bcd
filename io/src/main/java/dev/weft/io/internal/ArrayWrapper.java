package dev.weft.io.internal;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Wraps arrays in buffers. Callers mostly pass the same array again, so the last buffer is kept, unless that would keep a
 * large array alive for an idle connection. For one user at a time.
 */
@SuppressWarnings("ByteBufferBackingArray") // only ever of wrapped arrays
public final class ArrayWrapper {
    private static final int LARGEST_KEPT = 64 * 1024;

    private @Nullable ByteBuffer last;

    /** For one direction of one connection. */
    public ArrayWrapper() {}

    /** A buffer over {@code length} of {@code bytes}; valid until the next call. */
    public ByteBuffer wrap(byte[] bytes, int offset, int length) {
        ByteBuffer buffer = last;
        if (buffer == null || buffer.array() != bytes) {
            buffer = ByteBuffer.wrap(bytes);
            last = bytes.length <= LARGEST_KEPT ? buffer : null;
        }
        return buffer.limit(offset + length).position(offset);
    }
}
