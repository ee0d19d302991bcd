/** The JDK's {@code com.sun.net.httpserver}, served by Weft: a greenlet per connection. */
package dev.weft.http.jdk;
