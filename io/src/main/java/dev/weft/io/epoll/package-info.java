/** A selector based on Linux's epoll, for loops that are configured to use it. Not exported. */
@org.jspecify.annotations.NullMarked
package dev.weft.io.epoll;
