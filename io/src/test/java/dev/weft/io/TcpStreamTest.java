package dev.weft.io;

import org.junit.jupiter.api.Nested;

/** {@link TcpStream} and {@link TcpListener} keep the contracts of stream sockets. */
final class TcpStreamTest {
    @Nested
    final class Receiving extends ReceiveContract {
        Receiving() {
            super(SocketFamily.TCP);
        }
    }

    @Nested
    final class Transfers extends TransferContract {
        Transfers() {
            super(SocketFamily.TCP);
        }
    }

    @Nested
    final class Deadlines extends DeadlineContract {
        Deadlines() {
            super(SocketFamily.TCP);
        }
    }

    @Nested
    final class Ownership extends OwnershipContract {
        Ownership() {
            super(SocketFamily.TCP);
        }
    }

    @Nested
    final class Closing extends CloseContract {
        Closing() {
            super(SocketFamily.TCP);
        }
    }

    @Nested
    final class Faults extends FaultContract {
        Faults() {
            super(SocketFamily.TCP);
        }
    }

    @Nested
    final class BareSockets extends BareSocketContract {
        BareSockets() {
            super(SocketFamily.TCP);
        }
    }
}
