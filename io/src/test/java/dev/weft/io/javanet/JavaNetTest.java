package dev.weft.io.javanet;

import org.junit.jupiter.api.Nested;

/** The contract of {@code java.net}, of the JDK's sockets as the oracle and of Weft's, on all that can use them. */
final class JavaNetTest {
    @Nested
    final class JdkOnThreads extends JavaNetContract {
        JdkOnThreads() {
            super(Sockets.JDK, Party.PLATFORM_THREAD);
        }
    }

    @Nested
    final class JdkOnVirtualThreads extends JavaNetContract {
        JdkOnVirtualThreads() {
            super(Sockets.JDK, Party.VIRTUAL_THREAD);
        }
    }

    @Nested
    final class JdkOnGreenlets extends JavaNetContract {
        JdkOnGreenlets() {
            super(Sockets.JDK, Party.GREENLET);
        }
    }

    @Nested
    final class OnGreenlets extends JavaNetContract {
        OnGreenlets() {
            super(Sockets.WEFT, Party.GREENLET);
        }
    }

    @Nested
    final class OnThreads extends JavaNetContract {
        OnThreads() {
            super(Sockets.WEFT, Party.PLATFORM_THREAD);
        }
    }

    @Nested
    final class OnVirtualThreads extends JavaNetContract {
        OnVirtualThreads() {
            super(Sockets.WEFT, Party.VIRTUAL_THREAD);
        }
    }

    @Nested
    final class OnGreenletsOfTwoLoops extends JavaNetContract {
        OnGreenletsOfTwoLoops() {
            super(Sockets.WEFT, Party.GREENLET, Party.GREENLET_OF_ANOTHER_LOOP);
        }
    }

    @Nested
    final class OnAllInTurn extends JavaNetContract {
        OnAllInTurn() {
            super(Sockets.WEFT, Party.values());
        }
    }
}
