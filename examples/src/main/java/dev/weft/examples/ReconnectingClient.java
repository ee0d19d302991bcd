package dev.weft.examples;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.io.Lines;
import dev.weft.io.TcpServer;
import dev.weft.io.TcpStream;
import dev.weft.sync.Event;
import dev.weft.time.Retry;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A client that stays connected to an unreliable server, with pauses that grow while it gets no answer. The server is part of
 * the example: it is down at first, and later hangs up after every second line.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar reconnect [LINES]}
 */
public final class ReconnectingClient {
    private static final int ATTEMPTS_BEFORE_THE_SERVER_IS_UP = 3;

    private final InetSocketAddress server;
    private final int wanted;
    private final Event missed = new Event(); // the server
    private int received;

    private ReconnectingClient(InetSocketAddress server, int wanted) {
        this.server = server;
        this.wanted = wanted;
    }

    /** Argument: the number of lines to receive. */
    public static void main(String[] args) throws IOException {
        int wanted = args.length == 0 ? 5 : Integer.parseInt(args[0]);
        Weft.run(() -> {
            InetSocketAddress address;
            try (TcpServer down = TcpServer.start("127.0.0.1", 0, stream -> {})) {
                address = new InetSocketAddress(InetAddress.getLoopbackAddress(), down.port());
            }
            ReconnectingClient client = new ReconnectingClient(address, wanted);
            Greenlet<?> following = Weft.spawn(client::follow);
            client.missed.await();
            TcpServer up = TcpServer.start(address, ReconnectingClient::tellTwoLines);
            following.join();
            up.close();
        });
    }

    /** Receives lines over as many connections as it takes. Each new connection begins with short pauses again. */
    private void follow() throws IOException {
        Retry untilAnswered = Retry.builder()
                .unlimited()
                .on(IOException.class)
                .backOff(Duration.ofMillis(10), Duration.ofSeconds(2))
                .listener(this::failed)
                .build();
        while (received < wanted) {
            untilAnswered.run(this::receive);
        }
    }

    /** Receives lines over one connection until it ends. Fails if there were none: to be connected is not to be answered. */
    private void receive() throws IOException {
        int before = received;
        try (TcpStream stream = TcpStream.connect(server);
                Lines lines = Lines.of(stream.input())) {
            for (String line : lines) {
                System.out.println(line);
                if (++received == wanted) {
                    return;
                }
            }
        }
        if (received == before) {
            throw new EOFException("the server hung up");
        }
        System.out.println("the connection is lost");
    }

    private void failed(Retry.Attempt attempt) {
        if (attempt.number() <= ATTEMPTS_BEFORE_THE_SERVER_IS_UP) {
            System.out.println("attempt " + attempt.number() + " failed");
        }
        if (attempt.number() == ATTEMPTS_BEFORE_THE_SERVER_IS_UP) {
            missed.set();
        }
    }

    private static void tellTwoLines(TcpStream client) throws IOException {
        client.write(ByteBuffer.wrap("first line\nsecond line\n".getBytes(StandardCharsets.UTF_8)));
    }
}
