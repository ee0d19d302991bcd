package dev.weft.io.automatic;

import dev.weft.Loop;
import java.net.http.HttpClient;
import java.time.Duration;

/** The JDK's HttpClient with {@code loop.executor()}: what its workers would do, greenlets of the loop do. */
final class JdkClientOnLoopTest extends JdkClientTest {
    @Override
    Client open(Loop loop, Duration patience) {
        return new JdkClient(
                HttpClient.newBuilder()
                        .executor(loop.executor())
                        .sslContext(Certificate.context())
                        .build(),
                patience);
    }
}
