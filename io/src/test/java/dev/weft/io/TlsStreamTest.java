package dev.weft.io;

import dev.weft.io.tls.TlsStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;

/** {@link TlsStream} keeps the contracts of streams, as a server and as a client. */
@Timeout(60)
final class TlsStreamTest {
    @BeforeAll
    @Timeout(180)
    static void makeCertificates() {
        Certificates.context();
    }

    @Nested
    final class Receiving extends ReceiveContract {
        Receiving() {
            super(TlsFamily.SERVER);
        }
    }

    @Nested
    final class ServerTransfers extends TransferContract {
        ServerTransfers() {
            super(TlsFamily.SERVER);
        }
    }

    @Nested
    final class ServerDeadlines extends DeadlineContract {
        ServerDeadlines() {
            super(TlsFamily.SERVER);
        }
    }

    @Nested
    final class ServerOwnership extends OwnershipContract {
        ServerOwnership() {
            super(TlsFamily.SERVER);
        }
    }

    @Nested
    final class ServerClosing extends CloseContract {
        ServerClosing() {
            super(TlsFamily.SERVER);
        }
    }

    @Nested
    final class ServerFaults extends FaultContract {
        ServerFaults() {
            super(TlsFamily.SERVER);
        }
    }

    @Nested
    final class ClientTransfers extends TransferContract {
        ClientTransfers() {
            super(TlsFamily.CLIENT);
        }
    }

    @Nested
    final class ClientDeadlines extends DeadlineContract {
        ClientDeadlines() {
            super(TlsFamily.CLIENT);
        }
    }

    @Nested
    final class ClientOwnership extends OwnershipContract {
        ClientOwnership() {
            super(TlsFamily.CLIENT);
        }
    }

    @Nested
    final class ClientClosing extends CloseContract {
        ClientClosing() {
            super(TlsFamily.CLIENT);
        }
    }

    @Nested
    final class ClientFaults extends FaultContract {
        ClientFaults() {
            super(TlsFamily.CLIENT);
        }
    }
}
