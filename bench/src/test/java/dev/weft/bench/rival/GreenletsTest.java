package dev.weft.bench.rival;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GreenletsTest {
    @Test
    void serveOnALoopForEachCore() throws Exception {
        try (WatchedBackend backend = WatchedBackend.start();
                Serving serving = Serving.start(
                        Contender.GREENLETS, new Terms(Service.BACKEND, 2, Serving.loopback(backend.port())));
                Socket client = serving.connect();
                Socket other = serving.connect()) {
            Serving.request(client);
            assertEquals("answer 1", Serving.answer(client));
            Serving.request(other);
            assertEquals("answer 2", Serving.answer(other));
            assertEquals(2, backend.connections()); // as they are on different loops, which share nothing
        }
    }
}
