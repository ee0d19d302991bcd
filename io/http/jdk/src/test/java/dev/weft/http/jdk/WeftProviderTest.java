package dev.weft.http.jdk;

import com.sun.net.httpserver.spi.HttpServerProvider;
import dev.weft.testing.NoGreenletLeaks;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contracts, kept by Weft. */
@ExtendWith(NoGreenletLeaks.class)
final class WeftProviderTest {
    @Nested
    final class Servers extends HttpServerContract {
        @Override
        HttpServerProvider provider() {
            return HttpServerProvider.provider();
        }
    }

    @Nested
    final class Exchanges extends HttpExchangeContract {
        @Override
        HttpServerProvider provider() {
            return HttpServerProvider.provider();
        }
    }
}
