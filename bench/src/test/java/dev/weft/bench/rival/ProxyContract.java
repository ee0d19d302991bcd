package dev.weft.bench.rival;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** What comes is passed on to the upstream, what comes back is passed back, and so is an end on either side. */
final class ProxyContract extends ServiceContract {
    /** A message of this one byte makes the upstream end the connection. */
    private static final byte END = (byte) 0xEE;

    private final ServerSocket upstream = new ServerSocket(0, Rival.BACKLOG, InetAddress.getLoopbackAddress());
    private final Semaphore endsSeen = new Semaphore(0);

    ProxyContract() throws IOException {
        Thread.startVirtualThread(this::accept);
    }

    @Override
    InetSocketAddress upstream() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), upstream.getLocalPort());
    }

    @Override
    void verify(int port) throws Exception {
        try (TestClient client = new TestClient(port)) {
            EchoContract.messagesOfAllSizes(client);
        }
        awaitEnds(1);
        try (TestClient client = new TestClient(port)) {
            client.exchange(TestClient.noise(64, 1));
            client.reset();
        }
        awaitEnds(1);
        try (TestClient client = new TestClient(port)) {
            client.exchange(TestClient.noise(64, 2));
            client.send(new byte[] {END});
            client.expectEnd();
        }
        EchoContract.manyAtOnce(TestClient::new, port);
        awaitEnds(MANY);
    }

    private void awaitEnds(int count) throws InterruptedException {
        assertTrue(endsSeen.tryAcquire(count, 20, TimeUnit.SECONDS), "the upstream was not told that clients ended");
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = upstream.accept();
                Thread.startVirtualThread(() -> echo(connection));
            }
        } catch (IOException e) {
            // It has been closed.
        }
    }

    private void echo(Socket connection) {
        byte[] buffer = new byte[64 * 1024];
        try (connection) {
            int length = connection.getInputStream().read(buffer);
            while (length >= 0) {
                if (length == 1 && buffer[0] == END) {
                    return;
                }
                connection.getOutputStream().write(buffer, 0, length);
                length = connection.getInputStream().read(buffer);
            }
        } catch (IOException e) {
            // An end all the same.
        }
        endsSeen.release();
    }

    @Override
    public void close() throws IOException {
        upstream.close();
    }
}
