package dev.weft.bench.rival;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What comes is sent back, in whatever pieces, to each its own. */
final class EchoContract extends ServiceContract {
    private final Connector clients;

    /** Connects a client to a port. */
    @FunctionalInterface
    interface Connector {
        TestClient connect(int port) throws IOException;
    }

    EchoContract(Connector clients) {
        this.clients = clients;
    }

    @Override
    void verify(int port) throws Exception {
        try (TestClient client = clients.connect(port)) {
            messagesOfAllSizes(client);
            try (TestClient other = clients.connect(port)) {
                other.send(TestClient.noise(64, 1));
                other.reset();
            }
            client.exchange(TestClient.noise(64, 2));
        }
        manyAtOnce(clients, port);
    }

    static void messagesOfAllSizes(TestClient client) throws Exception {
        for (int length : new int[] {1, 64, 4096, 64 * 1024, 2 * 1024 * 1024, 64}) {
            client.exchange(TestClient.noise(length, length));
        }
        client.send(TestClient.noise(10, 1));
        client.send(TestClient.noise(20, 2));
        client.expect(TestClient.noise(10, 1));
        client.send(TestClient.noise(30, 3));
        client.expect(TestClient.noise(20, 2));
        client.expect(TestClient.noise(30, 3));
    }

    static void manyAtOnce(Connector connector, int port) throws IOException {
        List<TestClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < MANY; i++) {
                clients.add(connector.connect(port));
            }
            for (int i = 0; i < MANY; i++) {
                clients.get(i).send(TestClient.noise(1000, i));
            }
            for (int i = 0; i < MANY; i++) {
                clients.get(i).expect(TestClient.noise(1000, i));
            }
        } finally {
            for (TestClient client : clients) {
                client.close();
            }
        }
    }
}
