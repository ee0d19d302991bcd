package dev.weft.io;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Formats socket addresses for messages. */
final class Addresses {
    private Addresses() {}

    /** Formats {@code address}, for example as {@code 127.0.0.1:7000}, {@code [::1]:7000} or {@code name:7000}. */
    static String text(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        String host = ip == null ? address.getHostString() : ip.getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }
}
