package dev.weft.bench.rival.futures;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A channel whose operations are futures, and the buffer that it is read into. One reader and one writer at a time. */
final class Endpoint {
    private static final int BUFFER_SIZE = 4096;

    private final AsynchronousSocketChannel channel;
    private final ByteBuffer input = ByteBuffer.allocateDirect(BUFFER_SIZE).limit(0);

    Endpoint(AsynchronousSocketChannel channel) {
        this.channel = channel;
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        } catch (IOException e) {
            close(); // the first read says so
        }
    }

    static CompletableFuture<Endpoint> connect(AsynchronousChannelGroup group, InetSocketAddress address) {
        try {
            AsynchronousSocketChannel channel = AsynchronousSocketChannel.open(group);
            Completion<Void> connected = new Completion<>();
            channel.connect(address, null, connected);
            return connected.thenApply(done -> new Endpoint(channel));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** What has been read and not yet been taken. */
    ByteBuffer input() {
        return input;
    }

    /** Reads into {@link #input}, all of which has been taken; false at the end. */
    CompletableFuture<Boolean> fill() {
        Completion<Integer> read = new Completion<>();
        channel.read(input.clear(), null, read);
        return read.thenApply(count -> {
            input.flip();
            return count >= 0;
        });
    }

    /** Writes all of {@code bytes}; true when that has been done. */
    CompletableFuture<Boolean> send(ByteBuffer bytes) {
        Completion<Integer> written = new Completion<>();
        channel.write(bytes, null, written);
        return written.thenCompose(
                count -> bytes.hasRemaining() ? send(bytes) : CompletableFuture.completedFuture(true));
    }

    void finish() {
        try {
            channel.shutdownOutput();
        } catch (IOException e) {
            close();
        }
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // It is closed all the same.
        }
    }

    /**
     * Takes turns for as long as they say true and do not fail, then runs {@code end}. In place of a chain of futures, which
     * would grow for as long as the connection lasts.
     */
    static void repeat(Supplier<CompletableFuture<Boolean>> turn, Runnable end) {
        turn.get().whenComplete((another, failure) -> {
            if (failure == null && another) {
                repeat(turn, end);
            } else {
                end.run();
            }
        });
    }

    private static final class Completion<T> extends CompletableFuture<T> implements CompletionHandler<T, Object> {
        @Override
        public void completed(T result, Object attachment) {
            complete(result);
        }

        @Override
        public void failed(Throwable failure, Object attachment) {
            completeExceptionally(failure);
        }
    }
}
