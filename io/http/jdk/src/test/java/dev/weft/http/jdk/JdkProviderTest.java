package dev.weft.http.jdk;

import com.sun.net.httpserver.spi.HttpServerProvider;
import org.junit.jupiter.api.Nested;

/** The contracts, kept by the JDK: what they expect is what existing code relies on. */
final class JdkProviderTest {
    private static HttpServerProvider jdk() throws ReflectiveOperationException {
        return Class.forName("sun.net.httpserver.DefaultHttpServerProvider")
                .asSubclass(HttpServerProvider.class)
                .getConstructor()
                .newInstance();
    }

    @Nested
    final class Servers extends HttpServerContract {
        @Override
        HttpServerProvider provider() throws ReflectiveOperationException {
            return jdk();
        }
    }

    @Nested
    final class Exchanges extends HttpExchangeContract {
        @Override
        HttpServerProvider provider() throws ReflectiveOperationException {
            return jdk();
        }
    }
}
