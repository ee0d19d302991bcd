/** Input and output that yield: a selector poller, TCP, UDP and Unix-domain sockets, TLS, files and processes for greenlets. */
@org.jspecify.annotations.NullMarked
module dev.weft.io {
    requires transitive dev.weft.runtime;
    requires static transitive org.jspecify;
    requires static jdk.unsupported; // for a copy that can be broken off

    exports dev.weft.io;
    exports dev.weft.io.file;
    exports dev.weft.io.net;

    uses java.net.spi.InetAddressResolverProvider;

    provides dev.weft.lowlevel.PollerProvider with
            dev.weft.io.SelectorPollerProvider;
    provides java.net.spi.InetAddressResolverProvider with
            dev.weft.io.GreenletResolverProvider;
}
