/** Sockets that yield: a selector poller, and TCP, UDP and Unix-domain sockets for greenlets. */
@org.jspecify.annotations.NullMarked
module dev.weft.io {
    requires transitive dev.weft.runtime;
    requires static transitive org.jspecify;

    exports dev.weft.io;
    exports dev.weft.io.net;

    uses java.net.spi.InetAddressResolverProvider;

    provides dev.weft.lowlevel.PollerProvider with
            dev.weft.io.SelectorPollerProvider;
    provides java.net.spi.InetAddressResolverProvider with
            dev.weft.io.GreenletResolverProvider;
}
