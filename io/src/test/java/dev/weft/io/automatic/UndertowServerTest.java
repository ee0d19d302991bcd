package dev.weft.io.automatic;

import dev.weft.Loop;

/** Handlers on Undertow, dispatched to {@code loop.executor()}. */
final class UndertowServerTest extends CarefulServerContract {
    @Override
    RunningServer start(Loop loop, Site site) {
        return new UndertowServer(loop, site);
    }
}
