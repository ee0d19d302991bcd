package dev.weft.io.automatic;

import dev.weft.Loop;
import java.io.IOException;

/** NanoHTTPD with an {@code AsyncRunner} on {@code loop.executor()}. Its headers have no bound. */
final class NanoServerTest extends HttpServerContract {
    @Override
    RunningServer start(Loop loop, Site site) throws IOException {
        return new NanoServer(loop, site);
    }
}
