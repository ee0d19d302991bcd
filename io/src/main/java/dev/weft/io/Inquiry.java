package dev.weft.io;

import dev.weft.Awaitable;
import dev.weft.Loop;
import dev.weft.lowlevel.Waiter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** The addresses of a host, as something that greenlets of any loop can wait for, again and again. */
record Inquiry(String host) implements Awaitable.Checked<List<InetAddress>, UnknownHostException> {
    @Override
    public void subscribe(Waiter<? super List<InetAddress>> waiter) {
        InetAddress literal;
        try {
            literal = InetAddress.ofLiteral(host);
        } catch (IllegalArgumentException e) {
            inquiries().add(host, waiter);
            return;
        }
        waiter.succeed(List.of(literal));
    }

    @Override
    public boolean unsubscribe(Waiter<? super List<InetAddress>> waiter) {
        inquiries().remove(host, waiter);
        return true;
    }

    private static Inquiries inquiries() {
        return SelectorPoller.of(Loop.current()).inquiries();
    }

    @Override
    public String toString() {
        return "look-up of " + host;
    }
}
