/** HTTP for the servers without their own HTTP library: Jetty's parser, and the requests and responses that are sent. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.rival.http;
