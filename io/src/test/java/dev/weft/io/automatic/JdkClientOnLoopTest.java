package dev.weft.io.automatic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Loop;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The JDK's HttpClient with {@code loop.executor()}: what its workers would do, greenlets of the loop do. */
final class JdkClientOnLoopTest extends JdkClientTest {
    @Override
    Client open(Loop loop, Duration patience) {
        return client(loop.executor(), patience);
    }

    private static JdkClient client(ExecutorService workers, Duration patience) {
        return new JdkClient(
                HttpClient.newBuilder()
                        .executor(workers)
                        .sslContext(Certificate.context())
                        .build(),
                patience);
    }

    /** They would be adopted if a greenlet started them; but it is always the client's selector thread that does. */
    @Test
    void workersThatAreVirtualThreadsDoNotEndUpOnTheLoop() throws Exception {
        AtomicInteger tasks = new AtomicInteger();
        AtomicInteger greenlets = new AtomicInteger();
        try (OneLoop one = OneLoop.open();
                ExecutorService workers = Executors.newThreadPerTaskExecutor(task -> Thread.ofVirtual()
                        .unstarted(() -> {
                            tasks.incrementAndGet();
                            if (isGreenlet()) {
                                greenlets.incrementAndGet();
                            }
                            task.run();
                        }))) {
            Site site = new Site(one.loop(), 50);
            try (RunningServer server = JdkServer.plain(one.loop(), site);
                    Client client = client(workers, Duration.ofMinutes(1))) {
                List<String> answers = one.all(50, number -> text(client.get(server.page("/together"))));
                assertEquals(Collections.nCopies(50, "together"), answers);
            }
        }
        assertTrue(tasks.get() > 0);
        assertEquals(0, greenlets.get());
    }

    private static boolean isGreenlet() {
        try {
            Greenlet.current();
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }
}
