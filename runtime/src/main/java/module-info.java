/** Greenlets on an event loop: scheduling, waiting, timers. No sockets; those are in {@code dev.weft.io}. */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("module") // those that see the inside are not there when this is compiled
module dev.weft.runtime {
    requires org.agrona;
    requires org.jctools.core;
    requires static transitive org.jspecify;
    requires static java.management; // for beans and the doctor, who do without it too
    requires static jdk.jfr;
    requires static jdk.management; // for the search for leaks
    requires jdk.unsupported; // for signals
    requires static org.junit.jupiter.api;

    exports dev.weft;
    exports dev.weft.generator;
    exports dev.weft.lowlevel;
    exports dev.weft.management;
    exports dev.weft.service;
    exports dev.weft.spi;
    exports dev.weft.sync;
    exports dev.weft.testing;
    exports dev.weft.time;
    exports dev.weft.observe to
            dev.weft.metrics,
            dev.weft.sight;

    provides dev.weft.observe.WatchTask with
            dev.weft.access.OutsideAccess;

    uses dev.weft.observe.WatchTask;
    uses dev.weft.spi.PollerProvider;
    uses java.net.spi.InetAddressResolverProvider;
}
