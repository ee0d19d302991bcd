package dev.weft.io.net;

import dev.weft.Offload;
import dev.weft.lowlevel.Suspension;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.Callable;

/** Names of hosts: a greenlet has them looked up off its loop, a thread does it itself. */
final class Lookups {
    private Lookups() {}

    /** The address of {@code host}, the first if there are several; null: this host's loopback address. */
    static InetSocketAddress address(String host, int port) throws UnknownHostException {
        return new InetSocketAddress(lookUp("look-up of " + host, () -> InetAddress.getByName(host)), port);
    }

    /** {@code target}; where that is the wildcard address, this host. */
    static InetSocketAddress reachable(InetSocketAddress target) throws UnknownHostException {
        return target.getAddress().isAnyLocalAddress()
                ? new InetSocketAddress(lookUp("look-up of this host", InetAddress::getLocalHost), target.getPort())
                : target;
    }

    private static InetAddress lookUp(String description, Call call) throws UnknownHostException {
        return Suspension.isOnLoop() ? Offload.abandoning().call(new Described(description, call)) : call.call();
    }

    /** A look-up. */
    @FunctionalInterface
    private interface Call {
        InetAddress call() throws UnknownHostException;
    }

    /** A call with a text, which the description of the waiting greenlet shows. */
    private record Described(String description, Call lookUp) implements Callable<InetAddress> {
        @Override
        public InetAddress call() throws UnknownHostException {
            return lookUp.call();
        }

        @Override
        public String toString() {
            return description;
        }
    }
}
