package dev.weft.http.jdk;

import dev.weft.Cancelled;
import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.RejectedExecutionException;

/** Carries out a connection's I/O on its loop, for handlers that run elsewhere. Any thread. */
final class LoopIo {
    private final Loop loop = Loop.current();
    private boolean ended; // confined to the loop

    /** Reading or writing. */
    interface Operation<T> {
        T run() throws IOException;
    }

    /** From now on, operations fail, because the connection is another request's. On the loop. */
    void end() {
        ended = true;
    }

    /**
     * Runs {@code operation} on the loop, and waits for it.
     *
     * @throws IOException if it fails, if the exchange has ended, or if the loop is closed
     */
    <T> T call(Operation<T> operation) throws IOException {
        if (Suspension.isOn(loop)) {
            return run(operation);
        }
        try {
            return Suspension.isOnLoop()
                    ? loop.spawn("exchange", () -> run(operation)).join()
                    : loop.call("exchange", () -> run(operation));
        } catch (RejectedExecutionException e) {
            throw new IOException("the server has stopped", e);
        } catch (Cancelled e) {
            if (Suspension.isOnLoop()) {
                throw e;
            }
            throw new IOException("the server has stopped, or this thread was interrupted", e);
        }
    }

    private <T> T run(Operation<T> operation) throws IOException {
        if (ended) {
            throw new IOException("the exchange has ended, because the client has left or the server was stopped");
        }
        return operation.run();
    }

    /** Returns {@code source} for use by any thread, with a buffer, as each read is carried out by the loop. */
    InputStream anywhere(InputStream source) {
        return new BufferedInputStream(new InputStream() {
            @Override
            public int read() throws IOException {
                return call(source::read);
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return call(() -> source.read(target, offset, length));
            }
        });
    }

    /** Returns {@code sink} for use by any thread, with a buffer, as each write is carried out by the loop. */
    OutputStream anywhere(OutputStream sink) {
        return new BufferedOutputStream(new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                write(new byte[] {(byte) value}, 0, 1);
            }

            @Override
            public void write(byte[] source, int offset, int length) throws IOException {
                call(() -> {
                    sink.write(source, offset, length);
                    return true;
                });
            }

            @Override
            public void flush() throws IOException {
                call(() -> {
                    sink.flush();
                    return true;
                });
            }

            @Override
            public void close() throws IOException {
                call(() -> {
                    sink.close();
                    return true;
                });
            }
        });
    }
}
