package dev.weft.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The {@code java.io} views of a {@link ByteStream}. */
final class StreamViews {
    private StreamViews() {}

    /** Wraps arrays; code mostly hands in the same one, so the last wrapper is kept. */
    @SuppressWarnings("ByteBufferBackingArray") // only ever of wrapped arrays
    private static final class Wrapper {
        private @Nullable ByteBuffer last;

        ByteBuffer wrap(byte[] bytes, int offset, int length) {
            ByteBuffer buffer = last;
            if (buffer == null || buffer.array() != bytes) {
                buffer = ByteBuffer.wrap(bytes);
                last = buffer;
            }
            buffer.limit(offset + length).position(offset);
            return buffer;
        }
    }

    /** Reading. */
    static final class Input extends InputStream {
        private final ByteStream stream;
        private final Wrapper wrapper = new Wrapper();
        private final byte[] one = new byte[1];

        Input(ByteStream stream) {
            this.stream = stream;
        }

        @Override
        public int read() throws IOException {
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            java.util.Objects.checkFromIndexSize(offset, length, bytes.length);
            return length == 0 ? 0 : stream.read(wrapper.wrap(bytes, offset, length));
        }

        @Override
        public void close() {
            stream.close();
        }
    }

    /** Writing. */
    static final class Output extends OutputStream {
        private final ByteStream stream;
        private final Wrapper wrapper = new Wrapper();
        private final byte[] one = new byte[1];

        Output(ByteStream stream) {
            this.stream = stream;
        }

        @Override
        public void write(int value) throws IOException {
            one[0] = (byte) value;
            write(one, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            java.util.Objects.checkFromIndexSize(offset, length, bytes.length);
            stream.write(wrapper.wrap(bytes, offset, length));
        }

        @Override
        public void close() {
            stream.close();
        }
    }
}
