package dev.weft.io.automatic;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.Socket;
import org.junit.jupiter.api.Test;

/** For servers that bound what they take from a client. */
abstract class CarefulServerContract extends HttpServerContract {
    private static final int MOST_KILOBYTES = 32 << 10; // what sockets may hold, and a good deal more

    @Test
    void anEndlessHeaderIsCutOffAndOthersAreServed() throws Exception {
        withServer((one, site, server) -> {
            try (Socket bystander = client(server);
                    Socket endless = client(server)) {
                send(endless, "GET /hello/x HTTP/1.1\r\n");
                assertThrows(IOException.class, () -> {
                    for (int kilobytes = 0; kilobytes < MOST_KILOBYTES; kilobytes++) {
                        send(endless, "X-Again: " + "again and ".repeat(100) + "\r\n");
                    }
                });
                assertServes(bystander);
            }
        });
    }
}
