/**
 * An HTTP/1.1 server for greenlets: plain blocking-style handlers, a greenlet per connection, on all loops of a group.
 *
 * <p>{@link dev.weft.http.HttpServer} serves an {@link dev.weft.http.HttpHandler}, which reads an {@link
 * dev.weft.http.HttpRequest} and answers with an {@link dev.weft.http.HttpResponse}. The protocol is that of RFC 9110 and RFC
 * 9112.
 *
 * <p>Handlers that come with it: {@link dev.weft.http.Router}, {@link dev.weft.http.StaticFiles}, {@link
 * dev.weft.http.ServerSentEvents} and {@link dev.weft.http.WebSocket}; and {@link dev.weft.http.Gzip}, a filter around them.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.http;
