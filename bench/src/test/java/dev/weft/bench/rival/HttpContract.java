package dev.weft.bench.rival;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Each request is answered, on connections that are kept. */
class HttpContract extends ServiceContract {
    @Override
    void verify(int port) throws Exception {
        try (TestClient client = new TestClient(port)) {
            verifyBody(client.get());
            verifyBody(client.get());
            aHeadInTwoPieces(client, port);
            resets(port);
            verifyBody(client.get());
        }
        manyAtOnce(port);
    }

    /** Fails unless this is what the service must answer. */
    void verifyBody(String body) {
        assertEquals(Service.HTTP.body(), body);
    }

    private void aHeadInTwoPieces(TestClient client, int port) throws IOException {
        int middle = TestClient.REQUEST.length() / 2;
        client.send(TestClient.REQUEST.substring(0, middle));
        try (TestClient other = new TestClient(port)) {
            verifyBody(other.get()); // by the end of which a server that is one loop has read the first piece
        }
        client.send(TestClient.REQUEST.substring(middle));
        verifyBody(client.readAnswer());
    }

    private static void resets(int port) throws IOException {
        try (TestClient idle = new TestClient(port)) {
            idle.reset();
        }
        try (TestClient waiting = new TestClient(port)) {
            waiting.send(TestClient.REQUEST);
            waiting.reset();
        }
        try (TestClient inTheMidst = new TestClient(port)) {
            inTheMidst.send("GET / HT");
            inTheMidst.reset();
        }
    }

    private void manyAtOnce(int port) throws IOException {
        List<TestClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < MANY; i++) {
                clients.add(new TestClient(port));
            }
            for (int request = 0; request < 3; request++) {
                for (TestClient client : clients) {
                    client.send(TestClient.REQUEST);
                }
                for (TestClient client : clients) {
                    verifyBody(client.readAnswer());
                }
            }
        } finally {
            for (TestClient client : clients) {
                client.close();
            }
        }
    }
}
