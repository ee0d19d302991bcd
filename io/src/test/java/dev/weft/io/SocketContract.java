package dev.weft.io;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.CheckedAction;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the contracts of streams share: a stream on a loop, and its peer, which is plain blocking code. */
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
public abstract class SocketContract {
    /** Short, as it has to pass before the test goes on. */
    public static final Duration SOON = Duration.ofMillis(20);

    /** Long, as it must not pass. */
    public static final Duration LONG = Duration.ofSeconds(30);

    final StreamFamily family;

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path directory;

    SocketContract(StreamFamily family) {
        this.family = family;
    }

    /** A stream of the caller's loop, and who is at its other end. */
    record Pair(ByteStream stream, Peer peer) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            stream.close();
            peer.close();
        }
    }

    /** Both ends on the caller's loop. */
    record Ends(ByteStream one, ByteStream other) implements AutoCloseable {
        @Override
        public void close() {
            one.close();
            other.close();
        }
    }

    @FunctionalInterface
    interface PairBody {
        void run(ByteStream stream, Peer peer) throws Exception;
    }

    @FunctionalInterface
    interface StreamsBody {
        void run(ByteStream one, ByteStream other) throws Exception;
    }

    /**
     * Runs {@code body} in a greenlet on a loop of its own. Failures that nobody waits for are no news here: a test joins
     * what it spawns, though often after its end.
     */
    public static void onLoop(CheckedAction<Exception> body) throws Exception {
        try (LoopGroup group =
                LoopGroup.builder().uncaughtHandler((greenlet, failure) -> {}).open()) {
            group.spawn(body).join();
        }
    }

    Pair pair() throws IOException {
        return family.pair(directory);
    }

    /** Runs {@code body} in a greenlet, which must not leave others behind. */
    void withPair(PairBody body) throws Exception {
        onLoop(() -> {
            try (Pair pair = pair()) {
                body.run(pair.stream, pair.peer);
            }
            assertAlone();
        });
    }

    /** As {@link #withPair}, with both ends on the loop. */
    void withStreams(StreamsBody body) throws Exception {
        onLoop(() -> {
            try (Ends ends = family.ends(directory)) {
                body.run(ends.one, ends.other);
            }
            assertAlone();
        });
    }

    public static void assertAlone() {
        List<Greenlet<?>> left = Loop.current().greenlets();
        left.remove(Greenlet.current());
        assertTrue(left.stream().allMatch(greenlet -> greenlet.state().isDone()), () -> "left behind: " + left);
        assertEquals(0, Loop.current().statistics().timers(), "timers left behind");
    }

    /** Keeps the loop busy until it has asked the selector: only then do the descriptors of closed channels go. */
    public static void untilPolled() {
        long polls = Loop.current().statistics().polls();
        while (Loop.current().statistics().polls() == polls) {
            Weft.yieldNow();
        }
    }

    /** Lets others run until {@code greenlet} waits. */
    public static void untilWaiting(Greenlet<?> greenlet) {
        while (greenlet.state() != Greenlet.State.WAITING) {
            assertFalse(greenlet.state().isDone(), () -> greenlet + " has not waited");
            Weft.yieldNow();
        }
    }

    /** Lets others run, and the selector report, until {@code greenlet} has ended. */
    public static void untilDone(Greenlet<?> greenlet) {
        while (!greenlet.state().isDone()) {
            Weft.yieldNow();
        }
    }

    public static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }

    public static void send(WritableByteChannel peer, String text) throws IOException {
        peer.write(bytes(text));
    }

    /** More than the buffers of both sides ever take. */
    public static ByteBuffer tooMuch() {
        return ByteBuffer.allocate(32 << 20);
    }

    /** What {@code target} was filled with. */
    public static String text(ByteBuffer target) {
        byte[] filled = new byte[target.position()];
        target.get(0, filled);
        return new String(filled, US_ASCII);
    }

    /** Exactly {@code length} bytes, unless the end comes first. */
    public static String receive(ReadableByteChannel source, int length) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(length);
        while (target.hasRemaining() && source.read(target) >= 0) {}
        return text(target);
    }

    /** Writes until the peer's window and the socket's buffer are full. Returns how many bytes went in. */
    public static long fill(ByteStream stream) throws IOException {
        long sum = 0;
        ByteBuffer chunk = ByteBuffer.allocateDirect(64 * 1024);
        while (true) {
            chunk.clear();
            try {
                stream.write(chunk, SOON);
                sum += chunk.capacity();
            } catch (dev.weft.DeadlineExceeded full) {
                return sum + chunk.position();
            }
        }
    }
}
