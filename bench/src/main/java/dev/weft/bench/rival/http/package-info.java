/** What the servers without an HTTP library of their own share: Jetty's parser, and the bytes that are sent. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.rival.http;
