package dev.weft.flow;

import dev.weft.io.ByteStream;
import dev.weft.serial.Serializer;
import dev.weft.sync.Channel;
import dev.weft.sync.ChannelFailed;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Continues the boxes of a component in another process: what arrives in a channel on one side leaves a channel on the other.
 * Both sides number the boxes in the same way. Belongs to the greenlets of one loop.
 *
 * <p>A message is its length in bytes, its kind, the number of the box, and a body:
 *
 * <pre>
 * VALUE   with the flow     a value; costs a credit, of which each box has WINDOW at first
 * END     with the flow     the sender has ended
 * FAIL    with the flow     the sender has failed; the body is the failure
 * CREDIT  against the flow  a value has been taken
 * ABORT   against the flow  the reader has failed, or ended; the body is the failure of a send
 * </pre>
 */
final class Bridge {
    /** How many values of a box may be on their way. */
    static final int WINDOW = 16;

    private static final int HEADER_BYTES = Integer.BYTES + 2;
    private static final byte[] NOTHING = {};

    private enum Kind {
        VALUE('v'),
        END('e'),
        FAIL('f'),
        CREDIT('r'),
        ABORT('a');

        final byte code;

        Kind(char code) {
            this.code = (byte) code;
        }

        static Kind of(byte code) {
            return Arrays.stream(values())
                    .filter(kind -> kind.code == code)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("not a message of a bridge: kind " + code));
        }
    }

    private final ByteStream stream;
    private final Serializer serializer;
    private final ReentrantLock writing = new ReentrantLock(true); // so that failures are sent in the order of the list
    private final List<Lane> lanes = new ArrayList<>();
    private final List<Throwable> sent = new ArrayList<>(); // failures
    private final List<Throwable> received = new ArrayList<>();

    Bridge(ByteStream stream, Serializer serializer, Component component) {
        this.stream = stream;
        this.serializer = serializer;
        int boxes = component.inboxes.size() + component.outboxes.size();
        for (int i = 0; i < boxes; i++) {
            lanes.add(new Lane());
        }
    }

    /** The part of the bridge that continues one box. */
    private static final class Lane {
        final Semaphore credits = new Semaphore(WINDOW);
        final Channel<Object> arrived = Channel.buffered(WINDOW + 1);

        @Nullable Channel<?> source; // of the flow towards the other side

        /** Ends the flow towards the other side, which drops what is still sent. */
        void stop(Throwable failure) {
            Objects.requireNonNull(source).fail(failure);
            credits.release(Integer.MAX_VALUE / 2);
        }
    }

    /** Receives messages until the other side has closed the stream, or its process has ended. */
    void receive() {
        try (DataInputStream input = new DataInputStream(new BufferedInputStream(stream.input()))) {
            while (true) {
                int length = input.readInt();
                Kind kind = Kind.of(input.readByte());
                Lane lane = lanes.get(input.readUnsignedByte());
                byte[] body = new byte[length - HEADER_BYTES];
                input.readFully(body);
                handle(kind, lane, body);
            }
        } catch (IOException end) { // a reset, if the other side had not read all
            lanes.forEach(lane -> lane.arrived.close());
        }
    }

    private void handle(Kind kind, Lane lane, byte[] body) {
        switch (kind) {
            case VALUE -> lane.arrived.trySend(Objects.requireNonNull(serializer.read(body), "null cannot be sent"));
            case END -> lane.arrived.close();
            case FAIL -> lane.arrived.fail(failure(body));
            case CREDIT -> lane.credits.release();
            case ABORT -> lane.stop(failure(body));
        }
    }

    private Throwable failure(byte[] body) {
        Throwable failure = serializer.readFailure(body);
        received.add(failure);
        return failure;
    }

    /** Returns the number of a failure that came from the other side, where {@link #sent} returns it; else -1. */
    int received(Throwable failure) {
        for (int i = 0; i < received.size(); i++) {
            if (received.get(i) == failure) {
                return i;
            }
        }
        return -1;
    }

    /** Returns the failure that the other side has received as {@code number}. */
    Throwable sent(int number) {
        return sent.get(number);
    }

    /** Tells which channel {@link #drain} will send from; before messages are received. */
    void source(int box, Channel<?> channel) {
        lanes.get(box).source = channel;
    }

    /** Sends what is in the source of {@code box} to the other side, until the end or the failure of the source, and that. */
    void drain(int box) throws InterruptedException {
        Lane lane = lanes.get(box);
        try {
            for (Object value : Objects.requireNonNull(lane.source)) {
                lane.credits.acquire();
                send(Kind.VALUE, box, serializer.write(value));
            }
            send(Kind.END, box, NOTHING);
        } catch (ChannelFailed e) {
            sendFailure(Kind.FAIL, box, Component.origin(e));
        }
    }

    /**
     * Passes what arrives for {@code box} on to {@code target}, until the other side has ended, or the target refuses.
     *
     * @throws ChannelFailed if the other side has failed
     */
    void feed(int box, Consumer<Object> target) {
        for (Object value : lanes.get(box).arrived) {
            if (!pass(box, value, target)) {
                return;
            }
        }
    }

    private boolean pass(int box, Object value, Consumer<Object> target) {
        try {
            target.accept(value);
            send(Kind.CREDIT, box, NOTHING);
            return true;
        } catch (ChannelFailed e) {
            sendFailure(Kind.ABORT, box, Component.origin(e));
            return false;
        }
    }

    private void sendFailure(Kind kind, int box, Throwable failure) {
        sent.add(failure);
        send(kind, box, serializer.writeFailure(failure));
    }

    private void send(Kind kind, int box, byte[] body) {
        ByteBuffer message = ByteBuffer.allocate(HEADER_BYTES + body.length);
        message.putInt(message.capacity())
                .put(kind.code)
                .put((byte) box)
                .put(body)
                .flip();
        writing.lock();
        try {
            stream.write(message);
        } catch (IOException gone) {
            // The other side has ended; the outcome of its task tells how.
        } finally {
            writing.unlock();
        }
    }
}
