package dev.weft.io.automatic;

import dev.weft.Loop;

/** Servlets on Jetty, its virtual-threads executor being {@code loop.executor()}. */
final class JettyServerTest extends CarefulServerContract {
    @Override
    RunningServer start(Loop loop, Site site) throws Exception {
        return new JettyServer(loop, site);
    }
}
