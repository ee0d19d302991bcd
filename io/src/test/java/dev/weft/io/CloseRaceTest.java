package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Busy;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two greenlets read, a third and a thread close, data and deadlines come in between: every end is one of those allowed. */
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
final class CloseRaceTest {
    private static final int STREAMS = 100;

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path directory;

    @ParameterizedTest
    @CsvSource({"UNIX,100", "TCP,10"})
    void closeAgainstRead(SocketFamily family, int rounds) throws Exception {
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            SocketContract.onLoop(() -> {
                try (var listener = family.listen(directory)) {
                    for (int round = 0; round < rounds; round++) {
                        race(family, listener, thread, new SplittableRandom(round));
                    }
                }
                assertEquals(List.of(Greenlet.current()), Loop.current().greenlets());
                assertEquals(0, Loop.current().statistics().timers());
            });
        }
    }

    private static void race(
            SocketFamily family, SocketListener<?> listener, ExecutorService thread, SplittableRandom random)
            throws Exception {
        List<SocketStream> streams = new ArrayList<>();
        List<SocketStream> peers = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            streams.add(family.connect(listener.localAddress(), null));
            peers.add(listener.accept());
        }
        List<Greenlet<String>> readers = new ArrayList<>();
        List<Future<?>> closing = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            SocketStream stream = streams.get(i);
            readers.add(reader(stream, random.split()));
            readers.add(reader(stream, random.split()));
            SocketStream peer = peers.get(i);
            switch (random.nextInt(4)) {
                case 0 -> peer.write(ByteBuffer.allocate(1));
                case 1 -> peer.close();
                case 2 -> Weft.yieldNow();
                default -> {}
            }
            if (random.nextBoolean()) {
                closing.add(thread.submit(stream::close));
            } else {
                Weft.spawn(stream::close);
            }
        }
        for (Greenlet<String> reader : readers) {
            String end = reader.join();
            assertTrue(end.startsWith("allowed"), end);
        }
        for (Future<?> closed : closing) {
            Weft.await(closed);
        }
        for (int i = 0; i < STREAMS; i++) {
            streams.get(i).close();
            peers.get(i).close();
        }
    }

    private static Greenlet<String> reader(SocketStream stream, SplittableRandom random) {
        Form form = random.nextBoolean() ? Form.AUTOMATIC : Form.EXPLICIT;
        Duration timeout = random.nextInt(3) == 0 ? Duration.ofMillis(random.nextInt(3)) : null;
        return Weft.spawn(() -> {
            ByteBuffer target = ByteBuffer.allocate(1);
            int count;
            do {
                try {
                    count = form.read(stream, target.clear(), timeout);
                } catch (ClosedChannelException | Busy e) {
                    return "allowed: " + e;
                } catch (DeadlineExceeded e) {
                    count = 1;
                } catch (IOException e) {
                    return (stream.isOpen() ? "refused: " : "allowed: ") + e;
                }
            } while (count > 0);
            return "allowed: " + count;
        });
    }
}
