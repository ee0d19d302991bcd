package dev.weft.io.automatic;

import dev.weft.Loop;

/** Servlets on Tomcat, the executor of its connector being {@code loop.executor()}. */
final class TomcatServerTest extends CarefulServerContract {
    @Override
    RunningServer start(Loop loop, Site site) throws Exception {
        return new TomcatServer(loop, site);
    }
}
