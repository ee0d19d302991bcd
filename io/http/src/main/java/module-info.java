/** A server of HTTP/1.1 and HTTP/2 with a greenlet per connection. */
@org.jspecify.annotations.NullMarked
module dev.weft.http {
    requires transitive dev.weft.io;
    requires static transitive org.jspecify;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.http;
    requires io.netty.codec.http2;
    requires io.netty.common;
    requires io.netty.transport;

    exports dev.weft.http;
}
