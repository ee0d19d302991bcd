package dev.weft.io;

import org.junit.jupiter.api.Nested;

/** {@link UnixStream} and {@link UnixListener} keep the contracts of stream sockets. */
final class UnixStreamTest {
    @Nested
    final class Receiving extends ReceiveContract {
        Receiving() {
            super(SocketFamily.UNIX);
        }
    }

    @Nested
    final class Transfers extends TransferContract {
        Transfers() {
            super(SocketFamily.UNIX);
        }
    }

    @Nested
    final class Deadlines extends DeadlineContract {
        Deadlines() {
            super(SocketFamily.UNIX);
        }
    }

    @Nested
    final class Ownership extends OwnershipContract {
        Ownership() {
            super(SocketFamily.UNIX);
        }
    }

    @Nested
    final class Closing extends CloseContract {
        Closing() {
            super(SocketFamily.UNIX);
        }
    }

    @Nested
    final class Faults extends FaultContract {
        Faults() {
            super(SocketFamily.UNIX);
        }
    }

    @Nested
    final class BareSockets extends BareSocketContract {
        BareSockets() {
            super(SocketFamily.UNIX);
        }
    }
}
