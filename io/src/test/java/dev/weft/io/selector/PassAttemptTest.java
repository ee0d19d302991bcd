package dev.weft.io.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.io.NoDescriptorLeaks;
import dev.weft.io.SocketContract;
import dev.weft.io.TcpListener;
import dev.weft.io.TcpStream;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Waiter;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What happens between the pass of the selector that completes a read, and the slice of the greenlet that waited for it. */
@Timeout(30)
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
final class PassAttemptTest {
    private static final int MORE_THAN_A_PORTION = 3 * SelectorPoller.PORTION + 1;

    /** Two connections; the first one's reader waits. What is sent to the second after it is reported after it. */
    private record Scene(TcpStream client, TcpStream server, TcpStream laterClient, TcpStream laterServer) {
        interface Body {
            void run(Scene scene) throws Exception;
        }

        static void run(Body body) throws Exception {
            SocketContract.onLoop(() -> {
                try (TcpListener listener = TcpListener.bind("127.0.0.1", 0);
                        TcpStream client = TcpStream.connect("127.0.0.1", listener.port());
                        TcpStream server = listener.accept();
                        TcpStream laterClient = TcpStream.connect("127.0.0.1", listener.port());
                        TcpStream laterServer = listener.accept()) {
                    body.run(new Scene(client, server, laterClient, laterServer));
                }
            });
        }

        /** Sends {@code text} to the first, and has {@code action} run in the same pass, right after its report. */
        void sendAndThenInThePass(String text, Runnable action) throws IOException {
            laterServer.readable().subscribe(new Waiter<@Nullable Void>() {
                @Override
                public void succeed(@Nullable Void ready) {
                    action.run();
                }

                @Override
                public void fail(Throwable failure) {}
            });
            client.write(bytes(text));
            laterClient.write(bytes("."));
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(ByteBuffer filled) {
        return StandardCharsets.UTF_8.decode(filled.flip()).toString();
    }

    @Test
    void theReaderIsWokenWithWhatThePassHasRead() throws Exception {
        Scene.run(scene -> {
            ByteBuffer target = ByteBuffer.allocate(16);
            Greenlet<Integer> reader = Weft.spawn(() -> scene.server().read(target));
            SocketContract.untilWaiting(reader);
            List<Integer> seen = new ArrayList<>();
            scene.sendAndThenInThePass("hello", () -> seen.add(target.position()));
            assertEquals(5, reader.join());
            assertEquals(List.of(5), seen);
            assertEquals("hello", text(target));
        });
    }

    @Test
    void whatWasReadIsReturnedToOneWhoIsKilledBeforeHeRuns() throws Exception {
        Scene.run(scene -> {
            ByteBuffer target = ByteBuffer.allocate(16);
            List<Integer> counts = new ArrayList<>();
            Greenlet<?> reader = Weft.spawn(() -> {
                counts.add(scene.server().read(target));
                scene.server().read(target);
            });
            SocketContract.untilWaiting(reader);
            scene.sendAndThenInThePass("hello", reader::kill);
            assertThrows(Cancelled.class, reader::join);
            assertEquals(List.of(5), counts);
        });
    }

    @Test
    void whatWasReadIsReturnedAlthoughTheStreamWasClosedMeanwhile() throws Exception {
        Scene.run(scene -> {
            ByteBuffer target = ByteBuffer.allocate(16);
            Greenlet<Integer> reader = Weft.spawn(() -> scene.server().read(target));
            SocketContract.untilWaiting(reader);
            scene.sendAndThenInThePass("hello", scene.server()::close);
            assertEquals(5, reader.join());
            assertThrows(ClosedChannelException.class, () -> scene.server().read(target));
        });
    }

    @Test
    void aReadThatFindsNothingLeavesTheWaitInPlace() throws Exception {
        Scene.run(scene -> {
            ByteBuffer target = ByteBuffer.allocate(16);
            Greenlet<Integer> reader = Weft.spawn(() -> scene.server().read(target));
            SocketContract.untilWaiting(reader);
            ((Readiness) (Object) scene.server().readable()).report(true);
            assertEquals(Greenlet.State.WAITING, reader.state());
            scene.client().write(bytes("hello"));
            assertEquals(5, reader.join());
        });
    }

    @Test
    void aReportThatAReadHasOvertakenIsDropped() throws Exception {
        Scene.run(scene -> {
            SelectedStream stream = SelectedStream.below(scene.server());
            scene.client().write(bytes("hello"));
            stream.noteReady(SelectionKey.OP_READ); // and waits for its portion
            assertEquals(5, scene.server().read(ByteBuffer.allocate(16)));
            stream.report(false);
            assertThrows(
                    DeadlineExceeded.class,
                    () -> Suspension.await(scene.server().readable(), Duration.ZERO));
        });
    }

    @Test
    void anErrorInThePassIsTheReadersAlone() throws Exception {
        Scene.run(scene -> {
            assertThrows(DeadlineExceeded.class, () -> scene.server().read(ByteBuffer.allocate(1), Duration.ZERO));
            ByteBuffer readOnly = ByteBuffer.allocate(16).asReadOnlyBuffer();
            Greenlet<Integer> reader = Weft.spawn(() -> scene.server().read(readOnly));
            Greenlet<Integer> later = Weft.spawn(() -> scene.laterServer().read(ByteBuffer.allocate(16)));
            SocketContract.untilWaiting(reader);
            SocketContract.untilWaiting(later);
            scene.client().write(bytes("hello"));
            scene.laterClient().write(bytes("hello"));
            assertEquals(5, later.join());
            IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, reader::join);
            assertTrue(
                    Arrays.stream(refused.getStackTrace())
                            .anyMatch(frame -> frame.getClassName().equals(PassAttemptTest.class.getName())),
                    () -> Arrays.toString(refused.getStackTrace()));
            assertEquals(5, scene.server().read(ByteBuffer.allocate(16)));
        });
    }

    @Test
    void runningOutOfMemoryInThePassEndsThatWaitOnly() throws Exception {
        Scene.run(scene -> {
            assertThrows(DeadlineExceeded.class, () -> scene.server().read(ByteBuffer.allocate(1), Duration.ZERO));
            SelectedStream stream = SelectedStream.below(scene.server());
            Operation<SelectedStream, String> failing = (subject, argument) -> {
                throw new OutOfMemoryError(argument);
            };
            Greenlet<Long> reader = Weft.spawn(() -> stream.in().perform(stream, "of the test", failing, null));
            SocketContract.untilWaiting(reader);
            scene.client().write(bytes("hello"));
            assertThrows(OutOfMemoryError.class, reader::join);
            assertEquals(5, scene.server().read(ByteBuffer.allocate(16)));
        });
    }

    @Test
    void whatIsClosedWhileItsReportWaitsForItsPortionReadsNothing() throws Exception {
        onManyPairs((clients, servers) -> {
            List<Greenlet<Integer>> readers = new ArrayList<>();
            for (TcpStream server : servers) {
                readers.add(Weft.spawn(() -> {
                    int count = server.read(ByteBuffer.allocate(16));
                    servers.forEach(TcpStream::close);
                    return count;
                }));
            }
            SocketContract.untilWaiting(readers.get(readers.size() - 1));
            for (TcpStream client : clients) {
                SelectedStream.below(client).tryWrite(bytes("hello"));
            }
            int served = 0;
            for (Greenlet<Integer> reader : readers) {
                try {
                    assertEquals(5, reader.join(IOException.class));
                    served++;
                } catch (AsynchronousCloseException closed) {
                    // It was in the backlog.
                }
            }
            assertEquals(SelectorPoller.PORTION, served);
        });
    }

    @Test
    void aFailureInThePassHasTheStackOfTheReader() throws Exception {
        Scene.run(scene -> {
            Greenlet<Integer> reader = Weft.spawn(() -> scene.server().read(ByteBuffer.allocate(16)));
            SocketContract.untilWaiting(reader);
            scene.client().setOption(StandardSocketOptions.SO_LINGER, 0);
            scene.client().close(); // a reset
            IOException reset = assertThrows(IOException.class, () -> reader.join());
            assertTrue(
                    Arrays.stream(reset.getStackTrace())
                            .anyMatch(frame -> frame.getClassName().equals(PassAttemptTest.class.getName())),
                    () -> Arrays.toString(reset.getStackTrace()));
        });
    }

    @Test
    void receiversOfSeveralPortionsGetWhatIsTheirs() throws Exception {
        onManyPairs((clients, servers) -> {
            List<Greenlet<String>> receivers = new ArrayList<>();
            for (TcpStream server : servers) {
                receivers.add(Weft.spawn(() -> {
                    StringBuilder received = new StringBuilder();
                    server.receive(buffer -> received.append(StandardCharsets.UTF_8.decode(buffer)));
                    return received.toString();
                }));
            }
            SocketContract.untilWaiting(receivers.get(receivers.size() - 1));
            for (int i = 0; i < MORE_THAN_A_PORTION; i++) {
                clients.get(i).write(bytes("for " + i));
            }
            for (int i = 0; i < MORE_THAN_A_PORTION; i++) {
                assertEquals("for " + i, receivers.get(i).join(Duration.ofSeconds(20)));
            }
        });
    }

    interface ManyBody {
        void run(List<TcpStream> clients, List<TcpStream> servers) throws Exception;
    }

    private static void onManyPairs(ManyBody body) throws Exception {
        SocketContract.onLoop(() -> {
            List<TcpStream> clients = new ArrayList<>();
            List<TcpStream> servers = new ArrayList<>();
            try (TcpListener listener = TcpListener.bind("127.0.0.1", 0)) {
                for (int i = 0; i < MORE_THAN_A_PORTION; i++) {
                    clients.add(TcpStream.connect("127.0.0.1", listener.port()));
                    servers.add(listener.accept());
                }
                body.run(clients, servers);
            } finally {
                clients.forEach(TcpStream::close);
                servers.forEach(TcpStream::close);
            }
        });
    }
}
