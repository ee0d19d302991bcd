package dev.weft.io;

import dev.weft.io.internal.ArrayWrapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;

/** {@code java.io} views of a {@link ByteStream}. */
final class StreamViews {
    private StreamViews() {}

    /** A view for reading. */
    static final class InputView extends InputStream {
        private final ByteStream stream;
        private final ArrayWrapper wrapper = new ArrayWrapper();
        private final byte[] one = new byte[1];

        InputView(ByteStream stream) {
            this.stream = stream;
        }

        @Override
        public int read() throws IOException {
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            return length == 0 ? 0 : stream.read(wrapper.wrap(bytes, offset, length));
        }

        @Override
        public void close() {
            stream.close();
        }
    }

    /** A view for writing. */
    static final class OutputView extends OutputStream {
        private final ByteStream stream;
        private final ArrayWrapper wrapper = new ArrayWrapper();
        private final byte[] one = new byte[1];

        OutputView(ByteStream stream) {
            this.stream = stream;
        }

        @Override
        public void write(int value) throws IOException {
            one[0] = (byte) value;
            write(one, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            stream.write(wrapper.wrap(bytes, offset, length));
        }

        @Override
        public void close() {
            stream.close();
        }
    }
}
