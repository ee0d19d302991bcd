package dev.weft.io.automatic;

import dev.weft.Loop;
import java.io.IOException;
import java.net.Socket;
import org.junit.jupiter.api.Test;

/** NanoHTTPD with an {@code AsyncRunner} on {@code loop.executor()}. */
final class NanoServerTest extends HttpServerContract {
    @Override
    RunningServer start(Loop loop, Site site) throws IOException {
        return new NanoServer(loop, site);
    }

    /** It knows no end of a header: it takes what fills its buffer for a request, and answers again and again. */
    @Test
    @Override
    void anEndlessHeaderIsCutOffAndOthersAreServed() throws Exception {
        withServer((one, site, server) -> {
            try (Socket bystander = client(server);
                    Socket endless = client(server)) {
                for (int kilobytes = 0; kilobytes < 100; kilobytes++) {
                    send(endless, "X-Again: " + "again and ".repeat(100) + "\r\n");
                }
                assertServes(bystander);
            }
        });
    }
}
