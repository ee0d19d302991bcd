package dev.weft.io;

import dev.weft.Greenlet;
import dev.weft.Weft;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** A name server that hangs, and those who ask it meanwhile. */
final class HangingNames {
    private HangingNames() {}

    /** The two ways to ask. */
    enum Way {
        INET_ADDRESS {
            @Override
            InetAddress ask(String host) throws UnknownHostException {
                return InetAddress.getByName(host);
            }
        },
        NAMES {
            @Override
            InetAddress ask(String host) throws UnknownHostException {
                return Names.lookUp(host).get(0);
            }
        };

        abstract InetAddress ask(String host) throws UnknownHostException;
    }

    @FunctionalInterface
    interface WayBody {
        void run(Way way, String host, StagedNames.Hang hang) throws Exception;
    }

    /** Runs {@code body} in a greenlet, for both ways, each with a name for which the server hangs. */
    static void whileTheServerHangs(WayBody body) throws Exception {
        for (Way way : Way.values()) {
            String host = StagedNames.fresh("hang");
            try (StagedNames.Hang hang = new StagedNames.Hang(host)) {
                SocketContract.onLoop(() -> body.run(way, host, hang));
            }
        }
    }

    /** Lets others run until the server has been asked. */
    static void untilAsked(StagedNames.Hang hang) {
        while (!hang.isAsked()) {
            Weft.yieldNow();
        }
    }

    /** Lets what is ready run, and what that makes ready. */
    static void letOthersRun() {
        for (int i = 0; i < 100; i++) {
            Weft.yieldNow();
        }
    }

    static Greenlet<InetAddress> asking(Way way, String host, StagedNames.Hang hang) {
        Greenlet<InetAddress> asking = Weft.spawn(() -> way.ask(host));
        untilAsked(hang);
        return asking;
    }
}
