package dev.weft.http;

import dev.weft.Awaitable;
import dev.weft.Weft;
import dev.weft.io.ByteStream;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A connection in memory, whose input arrives in pieces of random size and then ends. */
final class MemoryStream implements ByteStream {
    private final ByteBuffer input;
    private final Random random;
    private final ByteBuffer lent = ByteBuffer.allocateDirect(64 << 10);
    final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private boolean open = true;

    MemoryStream(byte[] input, Random random) {
        this.input = ByteBuffer.wrap(input);
        this.random = random;
    }

    @Override
    public int read(ByteBuffer target) throws ClosedChannelException {
        requireOpen();
        if (random.nextInt(8) == 0) {
            Weft.yieldNow();
        }
        if (!input.hasRemaining()) {
            return -1;
        }
        int most = Math.min(input.remaining(), target.remaining());
        int count = random.nextBoolean() ? most : 1 + random.nextInt(most);
        target.put(input.slice(input.position(), count));
        input.position(input.position() + count);
        return count;
    }

    @Override
    public int read(ByteBuffer target, @Nullable Duration timeout) throws ClosedChannelException {
        return read(target);
    }

    @Override
    public <X extends Exception> int receive(Receiver<X> receiver) throws ClosedChannelException, X {
        int count = read(lent.clear());
        if (count > 0) {
            receiver.accept(lent.flip());
        }
        return count;
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Awaitable.Checked<Integer, java.io.IOException> reading(ByteBuffer target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer source) throws ClosedChannelException {
        requireOpen();
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        output.writeBytes(bytes);
        return bytes.length;
    }

    @Override
    public int write(ByteBuffer source, @Nullable Duration timeout) throws ClosedChannelException {
        return write(source);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws ClosedChannelException {
        long count = 0;
        for (int i = offset; i < offset + length; i++) {
            count += write(sources[i]);
        }
        return count;
    }

    @Override
    public Awaitable.Checked<Integer, java.io.IOException> writing(ByteBuffer source) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void shutdownOutput() throws ClosedChannelException {
        requireOpen();
    }

    private void requireOpen() throws ClosedChannelException {
        if (!open) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public SocketAddress remoteAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    }

    @Override
    public SocketAddress localAddress() {
        return remoteAddress();
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        open = false;
    }
}
