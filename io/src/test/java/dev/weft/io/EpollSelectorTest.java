package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.LoopGroup;
import dev.weft.MissingFlag;
import dev.weft.io.epoll.EpollSelector;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the contract of a selector asks of {@link EpollSelector}; the tests of sockets are run with it once more, too. */
@EnabledOnOs(OS.LINUX)
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
class EpollSelectorTest {
    private static final int PORTION = 64;

    private static ByteBuffer oneByte() {
        return ByteBuffer.allocate(1);
    }

    private static Pipe.SourceChannel source(Pipe pipe) throws IOException {
        pipe.source().configureBlocking(false);
        return pipe.source();
    }

    private static void close(Pipe pipe) throws IOException {
        pipe.sink().close();
        pipe.source().close();
    }

    private static Set<SelectionKey> ready(Selector selector) throws IOException {
        Set<SelectionKey> keys = new HashSet<>();
        assertEquals(selector.selectNow(keys::add), keys.size());
        return keys;
    }

    @Test
    void aKeyIsReportedForAsLongAsItIsReadyAndWanted() throws Exception {
        try (Selector selector = EpollSelector.open()) {
            Pipe pipe = Pipe.open();
            SelectionKey key = source(pipe).register(selector, SelectionKey.OP_READ, "mine");
            assertEquals(Set.of(key), selector.keys());
            assertEquals("mine", key.attachment());
            assertEquals(Set.of(), ready(selector));

            pipe.sink().write(oneByte());
            assertEquals(1, selector.select(same -> assertEquals(SelectionKey.OP_READ, same.readyOps()), 0));
            assertEquals(Set.of(key), ready(selector));

            key.interestOps(0);
            assertEquals(Set.of(), ready(selector));
            key.interestOps(SelectionKey.OP_READ);
            assertEquals(Set.of(key), ready(selector));

            pipe.source().read(oneByte());
            assertEquals(Set.of(), ready(selector));
            close(pipe);
        }
    }

    @Test
    void anEndIsReportedUnlessNothingIsWanted() throws Exception {
        try (Selector selector = EpollSelector.open()) {
            Pipe pipe = Pipe.open();
            SelectionKey key = source(pipe).register(selector, 0);
            pipe.sink().close();
            assertEquals(Set.of(), ready(selector));
            key.interestOps(SelectionKey.OP_READ);
            assertEquals(Set.of(key), ready(selector));
            pipe.source().close();
        }
    }

    @Test
    void aPortionIsSmallAndWhatWasLeftComesNext() throws Exception {
        int channels = 3 * PORTION + 8;
        List<Pipe> pipes = new ArrayList<>();
        try (Selector selector = EpollSelector.open()) {
            for (int i = 0; i < channels; i++) {
                Pipe pipe = Pipe.open();
                pipes.add(pipe);
                source(pipe).register(selector, SelectionKey.OP_READ);
                pipe.sink().write(oneByte());
            }
            Set<SelectionKey> told = new HashSet<>();
            for (int polls = 0; polls < 4; polls++) {
                Set<SelectionKey> some = ready(selector);
                assertTrue(some.size() <= PORTION, () -> "a portion of " + some.size());
                told.addAll(some);
            }
            assertEquals(channels, told.size()); // though all were ready all the time
            for (Pipe pipe : pipes) {
                close(pipe);
            }
        }
    }

    @Test
    void aClosedChannelsDescriptorGoesWithTheNextSelect() throws Exception {
        try (Selector selector = EpollSelector.open()) {
            Pipe pipe = Pipe.open();
            SelectionKey key = source(pipe).register(selector, SelectionKey.OP_READ);
            pipe.sink().write(oneByte());
            CompletableFuture.runAsync(() -> {
                        try {
                            pipe.source().close();
                        } catch (IOException e) {
                            throw new AssertionError(e);
                        }
                    })
                    .join();
            assertFalse(key.isValid());
            assertThrows(CancelledKeyException.class, () -> key.interestOps(0));
            assertEquals(Set.of(), ready(selector));
            assertEquals(Set.of(), selector.keys());
            assertThrows(IOException.class, () -> pipe.sink().write(oneByte())); // nobody has the other end any more
            // Its number is free again, and whoever has it next is told of nothing that was meant for the other.
            Pipe next = Pipe.open();
            source(next).register(selector, SelectionKey.OP_READ);
            assertEquals(Set.of(), ready(selector));
            pipe.sink().close();
            close(next);
        }
    }

    @Test
    void aWakeUpBeforeTheSelectIsKeptAndManyAreOne() throws Exception {
        try (Selector selector = EpollSelector.open()) {
            for (int round = 0; round < 3; round++) {
                selector.wakeup();
                selector.wakeup();
                assertEquals(0, selector.select(key -> {}, 0)); // for ever, were it lost
                assertEquals(0, selector.select(key -> {}, 1)); // one, so this one is not ended by it
            }
        }
    }

    @Test
    void aSleepingSelectIsWokenFromElsewhereAndByAnInterrupt() throws Exception {
        try (Selector selector = EpollSelector.open()) {
            CompletableFuture<Void> waker = CompletableFuture.runAsync(selector::wakeup);
            assertEquals(0, selector.select(key -> {}, 0));
            waker.join();
            Thread.currentThread().interrupt();
            assertEquals(0, selector.select(key -> {}, 0));
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void closingLetsEverythingGo() throws Exception {
        Pipe pipe = Pipe.open();
        Selector selector = EpollSelector.open();
        SelectionKey key = source(pipe).register(selector, SelectionKey.OP_READ);
        selector.close();
        assertFalse(key.isValid());
        assertFalse(pipe.source().isRegistered());
        assertTrue(pipe.source().isOpen());
        selector.wakeup(); // and hits nobody else's descriptor
        close(pipe);
    }

    @Test
    void operationsThatTheChannelDoesNotHaveAreRefused() throws Exception {
        try (Selector selector = EpollSelector.open()) {
            Pipe pipe = Pipe.open();
            SelectionKey key = source(pipe).register(selector, 0);
            assertThrows(IllegalArgumentException.class, () -> key.interestOps(SelectionKey.OP_WRITE));
            assertThrows(UnsupportedOperationException.class, selector::selectedKeys);
            close(pipe);
        }
    }

    @Test
    void anUnknownSelectorIsRefusedWithThoseThatThereAre() {
        String before = System.getProperty(SelectorPollerProvider.SELECTOR);
        System.setProperty(SelectorPollerProvider.SELECTOR, "kqueue");
        try {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, new SelectorPollerProvider()::open);
            assertTrue(
                    String.valueOf(refused.getMessage()).contains("\"kqueue\"; it must be \"auto\""),
                    refused::toString);
        } finally {
            if (before == null) {
                System.clearProperty(SelectorPollerProvider.SELECTOR);
            } else {
                System.setProperty(SelectorPollerProvider.SELECTOR, before);
            }
        }
    }

    /** What the test of the flags starts. */
    static final class OpensALoop {
        private OpensALoop() {}

        public static void main(String[] arguments) {
            try {
                System.out.println(LoopGroup.open().loops());
            } catch (MissingFlag missing) {
                System.out.println(missing.getMessage());
            }
        }
    }

    @Test
    void withoutItsFlagsALoopSaysWhichItNeeds() throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "-D" + SelectorPollerProvider.SELECTOR + "=epoll",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OpensALoop.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, child.waitFor(), said);
        assertTrue(
                said.contains("needs the flags --add-exports java.base/sun.nio.ch=ALL-UNNAMED"
                        + " --enable-native-access=ALL-UNNAMED"),
                said);
    }
}
