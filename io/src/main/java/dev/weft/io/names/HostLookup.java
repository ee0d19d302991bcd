package dev.weft.io.names;

import dev.weft.Awaitable;
import dev.weft.Loop;
import dev.weft.io.selector.LoopLocal;
import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** An awaitable for the addresses of a host. May be awaited repeatedly, by greenlets of any loop. */
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
    public Owners owners() {
        return Owners.outside(Owners.Kind.OFFLOAD, this);
    }

    @Override
    public String toString() {
        return "look-up of " + host;
    }
}
