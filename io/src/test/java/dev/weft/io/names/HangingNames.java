package dev.weft.io.names;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.io.SocketContract;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** A name server that hangs, and those who ask it meanwhile. */
final class HangingNames {
    private HangingNames() {}

    /** The two forms to ask. */
    enum LookupForm {
        INET_ADDRESS {
            @Override
            InetAddress ask(String host) throws UnknownHostException {
                return InetAddress.getByName(host);
            }
        },
        NAMES {
            @Override
            InetAddress ask(String host) throws UnknownHostException {
                return HostNames.lookUp(host).get(0);
            }
        };

        abstract InetAddress ask(String host) throws UnknownHostException;
    }

    @FunctionalInterface
    interface LookupBody {
        void run(LookupForm form, String host, StagedNames.Hang hang) throws Exception;
    }

    /** Runs {@code body} in a greenlet, for both forms, each with a name for which the server hangs. */
    static void whileTheServerHangs(LookupBody body) throws Exception {
        for (LookupForm form : LookupForm.values()) {
            String host = StagedNames.fresh("hang");
            try (StagedNames.Hang hang = new StagedNames.Hang(host)) {
                SocketContract.onLoop(() -> body.run(form, host, hang));
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

    static Greenlet<InetAddress> asking(LookupForm form, String host, StagedNames.Hang hang) {
        Greenlet<InetAddress> asking = Weft.spawn(() -> form.ask(host));
        untilAsked(hang);
        return asking;
    }
}
