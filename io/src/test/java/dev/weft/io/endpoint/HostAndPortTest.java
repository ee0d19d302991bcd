package dev.weft.io.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class HostAndPortTest {
    @Test
    void anIpv6AddressIsWithoutItsBrackets() {
        HostAndPort address = HostAndPort.of(EndpointText.of("tls:[::1]:7000"), List.of());
        assertEquals(new HostAndPort("::1", 7000), address);
    }
}
