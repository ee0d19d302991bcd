package dev.weft.bench.rival;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;

/**
 * As {@link HttpContract}, but with bodies that the backend made up for each call: one, or three of which the second and the
 * third are made side by side, after the first.
 */
final class GatewayContract extends HttpContract {
    private final int calls;
    private final TestBackend backend = new TestBackend();
    private final Set<String> seen = new HashSet<>();

    GatewayContract(int calls) throws IOException {
        this.calls = calls;
    }

    @Override
    InetSocketAddress upstream() {
        return backend.address();
    }

    @Override
    void verify(int port) throws Exception {
        try (TestClient client = new TestClient(port)) {
            theCallsComeAsTheyMust(client);
        }
        backend.answerAtOnce();
        super.verify(port);
    }

    private void theCallsComeAsTheyMust(TestClient client) throws IOException {
        for (int request = 0; request < 4; request++) {
            int before = backend.calls();
            backend.expectOneThenTheOthersAtOnce(calls - 1);
            String body = client.get();
            assertEquals(calls, backend.calls() - before);
            assertTrue(body.startsWith(TestBackend.body(before)), body);
            verifyBody(body);
        }
        assertTrue(backend.connections() <= calls, () -> backend.connections() + " connections: they are not kept");
    }

    /** Each part was answered by the backend, and is passed on once. */
    @Override
    void verifyBody(String body) {
        int length = Service.BODY.length();
        assertEquals(calls * length, body.length(), body);
        for (int i = 0; i < calls; i++) {
            String part = body.substring(i * length, (i + 1) * length);
            assertTrue(TestBackend.isBody(part, backend.calls()), body);
            assertTrue(seen.add(part), () -> part + " was passed on twice");
        }
    }

    @Override
    public void close() throws IOException {
        backend.close();
    }
}
