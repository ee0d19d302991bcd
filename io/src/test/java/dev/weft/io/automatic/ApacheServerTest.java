package dev.weft.io.automatic;

import dev.weft.Loop;
import java.io.IOException;

/** Apache HttpCore's blocking protocol code, from accept on in greenlets. */
final class ApacheServerTest extends CarefulServerContract {
    @Override
    RunningServer start(Loop loop, Site site) throws IOException {
        return new ApacheServer(loop, site);
    }
}
