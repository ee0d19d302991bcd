/** A selector on Linux's epoll, for loops that are told to take it. */
package dev.weft.io.epoll;
