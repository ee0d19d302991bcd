/** Non-blocking I/O for greenlets: TCP, UDP and Unix-domain sockets, TLS, host names, files and processes. */
@org.jspecify.annotations.NullMarked
module dev.weft.io {
    requires transitive dev.weft.runtime;
    requires static transitive org.jspecify;
    requires static jdk.unsupported; // for interruptible file copies

    exports dev.weft.io;
    exports dev.weft.io.endpoint;
    exports dev.weft.io.file;
    exports dev.weft.io.javanet;
    exports dev.weft.io.names;
    exports dev.weft.io.process;
    exports dev.weft.io.tls;

    uses java.net.spi.InetAddressResolverProvider;

    provides dev.weft.spi.PollerProvider with
            dev.weft.io.SelectorPollerProvider;
    provides java.net.spi.InetAddressResolverProvider with
            dev.weft.io.names.GreenletResolverProvider;
}
