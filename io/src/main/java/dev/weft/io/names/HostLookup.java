package dev.weft.io.names;

import dev.weft.Awaitable;
import dev.weft.Loop;
import dev.weft.io.selector.LoopLocal;
import dev.weft.spi.Waiter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** The addresses of a host, as an awaitable for greenlets of any loop; it may be awaited repeatedly. */
record HostLookup(String host) implements Awaitable.Checked<List<InetAddress>, UnknownHostException> {
    private static final LoopLocal<LoopLookups> LOOKUPS = LoopLocal.withInitial(LoopLookups::new);

    @Override
    public void subscribe(Waiter<? super List<InetAddress>> waiter) {
        InetAddress literal;
        try {
            literal = InetAddress.ofLiteral(host);
        } catch (IllegalArgumentException e) {
            lookups().add(host, waiter);
            return;
        }
        waiter.succeed(List.of(literal));
    }

    @Override
    public boolean unsubscribe(Waiter<? super List<InetAddress>> waiter) {
        lookups().remove(host, waiter);
        return true;
    }

    private static LoopLookups lookups() {
        return LOOKUPS.get(Loop.current());
    }

    @Override
    public String toString() {
        return "look-up of " + host;
    }
}
