package dev.weft.io.automatic;

import dev.weft.Loop;
import java.io.IOException;

/** The JDK's HttpServer with {@code loop.executor()}. */
final class JdkServerTest extends CarefulServerContract {
    @Override
    RunningServer start(Loop loop, Site site) throws IOException {
        return JdkServer.plain(loop, site);
    }
}
