package dev.weft.bench.load;

import java.util.stream.Stream;

/** The ways to talk to the kernel that this system has. */
final class Engines {
    private Engines() {}

    static Stream<Load.Engine> here() {
        return NativeSockets.isSupported() ? Stream.of(Load.Engine.EPOLL, Load.Engine.NIO) : Stream.of(Load.Engine.NIO);
    }
}
