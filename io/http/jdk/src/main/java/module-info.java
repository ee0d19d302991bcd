/** The JDK's {@code com.sun.net.httpserver}, served by Weft. */
@org.jspecify.annotations.NullMarked
module dev.weft.http.jdk {
    requires dev.weft.http;
    requires transitive jdk.httpserver;
    requires static transitive org.jspecify;

    exports dev.weft.http.jdk;

    provides com.sun.net.httpserver.spi.HttpServerProvider with
            dev.weft.http.jdk.WeftHttpServerProvider;
}
