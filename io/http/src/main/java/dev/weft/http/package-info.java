/**
 * A server of HTTP/1.1 and HTTP/2 for greenlets: plain blocking-style handlers, a greenlet per connection, on all loops of a group.
 *
 * <p>{@link dev.weft.http.HttpServer} serves an {@link dev.weft.http.HttpHandler}, which reads an {@link
 * dev.weft.http.HttpRequest} and answers with an {@link dev.weft.http.HttpResponse}. The protocols are those of RFC 9110, RFC 9112
 * and RFC 9113.
 *
 * <p>Handlers that come with it: {@link dev.weft.http.Router}, {@link dev.weft.http.StaticFiles}, {@link
 * dev.weft.http.ServerSentEvents} and {@link dev.weft.http.WebSocket}; and {@link dev.weft.http.Gzip}, a filter around them.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.http;
