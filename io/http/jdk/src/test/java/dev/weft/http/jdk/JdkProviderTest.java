package dev.weft.http.jdk;

import com.sun.net.httpserver.spi.HttpServerProvider;

/** The contract, kept by the JDK: what it expects is what existing code relies on. */
final class JdkProviderTest extends HttpServerContract {
    @Override
    HttpServerProvider provider() throws ReflectiveOperationException {
        return Class.forName("sun.net.httpserver.DefaultHttpServerProvider")
                .asSubclass(HttpServerProvider.class)
                .getConstructor()
                .newInstance();
    }
}
