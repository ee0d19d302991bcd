package dev.weft.io.net;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Wraps arrays; code mostly hands in the same one, so the last wrapper is kept, unless it would hold a large array for an idle
 * socket. For one user at a time.
 */
@SuppressWarnings("ByteBufferBackingArray") // only ever of wrapped arrays
final class Wrapper {
    private static final int LARGEST_KEPT = 64 * 1024;

    private @Nullable ByteBuffer last;

    ByteBuffer wrap(byte[] bytes, int offset, int length) {
        ByteBuffer buffer = last;
        if (buffer == null || buffer.array() != bytes) {
            buffer = ByteBuffer.wrap(bytes);
            last = bytes.length <= LARGEST_KEPT ? buffer : null;
        }
        return buffer.limit(offset + length).position(offset);
    }
}
