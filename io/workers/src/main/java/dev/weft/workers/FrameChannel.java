package dev.weft.workers;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

/**
 * A connection that carries {@link Frame}s, at either end. One system call sends a frame, and one receives it. A receive that was
 * cancelled can be repeated. Confined to one greenlet or thread at a time.
 */
final class FrameChannel {
    private static final int USUAL_BYTES = 16 * 1024;

    private final ByteChannel channel;
    private final int maxBytes;
    private ByteBuffer input = ByteBuffer.allocateDirect(USUAL_BYTES); // filled up to its position
    private boolean sending;
    private final ByteBuffer output = ByteBuffer.allocateDirect(USUAL_BYTES);

    /** Creates a channel for frames whose bodies have at most {@code maxBytes}. */
    FrameChannel(ByteChannel channel, int maxBytes) {
        this.channel = channel;
        this.maxBytes = maxBytes;
    }

    void send(Frame frame) throws IOException {
        int size = Frame.HEADER_BYTES + frame.body().length;
        ByteBuffer bytes = size <= output.capacity() ? output.clear() : ByteBuffer.allocate(size);
        bytes.putInt(size - Integer.BYTES);
        bytes.put(frame.kind().code);
        bytes.putLong(frame.task());
        bytes.put(frame.body());
        bytes.flip();
        sending = true;
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        sending = false;
    }

    /** Returns whether all that was sent has left; false after a send that was cancelled. */
    boolean isBetweenFrames() {
        return !sending;
    }

    /**
     * Waits for the next frame.
     *
     * @throws EOFException if the peer has closed the connection
     * @throws IOException if it breaks, or has sent what is no frame
     */
    Frame receive() throws IOException {
        fill(Frame.HEADER_BYTES);
        int length = input.getInt(0);
        Frame.Kind kind = Frame.Kind.of(input.get(Integer.BYTES));
        if (length < Frame.HEADER_BYTES - Integer.BYTES || length - Frame.HEADER_BYTES > maxBytes) {
            throw new IOException("it sent garbage: a message of " + length + " bytes");
        }
        fill(Integer.BYTES + length);
        return take(kind, Integer.BYTES + length);
    }

    private void fill(int wanted) throws IOException {
        if (input.capacity() < wanted) {
            input = ByteBuffer.allocate(wanted).put(input.flip());
        }
        while (input.position() < wanted) {
            if (channel.read(input) < 0) {
                throw new EOFException("it closed its connection");
            }
        }
    }

    private Frame take(Frame.Kind kind, int size) {
        input.flip();
        input.position(Integer.BYTES + 1);
        long task = input.getLong();
        byte[] body = new byte[size - Frame.HEADER_BYTES];
        input.get(body);
        ByteBuffer rest = input;
        if (input.capacity() > USUAL_BYTES && input.remaining() <= USUAL_BYTES) {
            input = ByteBuffer.allocateDirect(USUAL_BYTES).put(rest);
        } else {
            input.compact();
        }
        return new Frame(kind, task, body);
    }
}
