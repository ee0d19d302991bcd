/** Sockets that yield: a selector poller, and TCP, UDP and Unix-domain sockets and TLS for greenlets. */
@org.jspecify.annotations.NullMarked
module dev.weft.io {
    requires transitive dev.weft.runtime;
    requires static transitive org.jspecify;

    exports dev.weft.io;

    provides dev.weft.lowlevel.PollerProvider with
            dev.weft.io.SelectorPollerProvider;
}
