/** Addresses written as one string, such as {@code tls:example.org:443}, to connect to or to serve at. */
@org.jspecify.annotations.NullMarked
package dev.weft.io.endpoint;
