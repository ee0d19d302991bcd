package dev.weft.cluster;

import java.net.InetAddress;
import org.jgroups.JChannel;
import org.jgroups.protocols.Encrypt;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.TP;
import org.jgroups.util.TLSClientAuth;

/** Whether strangers are kept out. */
final class Security {
    private Security() {}

    /**
     * Returns {@code channel}, or closes it and throws if strangers can reach it.
     *
     * @throws IllegalArgumentException with the cure
     */
    static JChannel check(JChannel channel) {
        TP transport = channel.getProtocolStack().getTransport();
        boolean encrypted = hasTls(transport)
                || channel.getProtocolStack().getProtocols().stream()
                        .anyMatch(protocol -> protocol instanceof Encrypt<?>);
        try {
            if (!encrypted) {
                requireLoopback(transport.getBindAddress());
            }
            return channel;
        } catch (IllegalArgumentException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Called if what comes to {@code address} is taken in from anybody.
     *
     * @throws IllegalArgumentException with the cure, unless it is a loopback address
     */
    static void requireLoopback(InetAddress address) {
        if (!address.isLoopbackAddress()) {
            throw new IllegalArgumentException("a node that listens on " + address.getHostAddress()
                    + " can be reached by strangers, who could make it run code; set TcpConfig.tls or TcpConfig.secret"
                    + " (in XML: SYM_ENCRYPT, ASYM_ENCRYPT, or TCP with tls.enabled and tls.client_auth=\"NEED\"),"
                    + " or listen on 127.0.0.1");
        }
    }

    private static boolean hasTls(TP transport) {
        return transport instanceof TCP tcp && tcp.tls().enabled() && tcp.tls().getClientAuth() == TLSClientAuth.NEED;
    }
}
