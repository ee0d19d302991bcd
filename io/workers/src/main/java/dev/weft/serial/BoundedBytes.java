package dev.weft.serial;

import java.io.ByteArrayOutputStream;

/** Collects the bytes that an object is written to, up to a limit. */
final class BoundedBytes extends ByteArrayOutputStream {
    /** Thrown by a write beyond the limit. */
    static final class Full extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Full() {
            super("full", null, false, false);
        }
    }

    private final int limit;

    BoundedBytes(int limit) {
        super(256);
        this.limit = limit;
    }

    @Override
    public synchronized void write(int value) {
        require(1);
        super.write(value);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        require(length);
        super.write(bytes, offset, length);
    }

    private void require(int length) {
        if (length > limit - count) {
            throw new Full();
        }
    }
}
