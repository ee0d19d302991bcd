package dev.weft.io.endpoint;

import dev.weft.io.names.HostNames;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/** The address of {@code tcp} and {@code tls} endpoints; an IPv6 address is without its brackets. */
record HostAndPort(String host, int port) {
    static HostAndPort of(EndpointText text, List<String> options) {
        String form = text.transport() + ":HOST:PORT, as in " + text.transport() + ":localhost:7000 or "
                + text.transport() + ":[::1]:7000";
        EndpointText.Field host = text.field(1, "host", form);
        int port = text.port(text.field(2, "port", form));
        text.options(3, options);
        return new HostAndPort(withoutBrackets(host, text), port);
    }

    private static String withoutBrackets(EndpointText.Field host, EndpointText text) {
        String name = host.value();
        if (!name.startsWith("[")) {
            return name;
        }
        if (!name.endsWith("]")) {
            throw text.bad(host.at() + name.indexOf(']') + 1, "a colon and the port must follow the bracket");
        }
        return name.substring(1, name.length() - 1);
    }

    /** Looks the host up, to listen there. */
    InetSocketAddress local() throws IOException {
        return new InetSocketAddress(HostNames.lookUp(host).get(0), port);
    }
}
