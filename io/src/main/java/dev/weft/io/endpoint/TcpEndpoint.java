package dev.weft.io.endpoint;

import dev.weft.LoopGroup;
import dev.weft.io.ByteStream;
import dev.weft.io.StreamHandler;
import dev.weft.io.StreamServer;
import dev.weft.io.TcpServer;
import dev.weft.io.TcpStream;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code tcp:HOST:PORT}. */
final class TcpEndpoint extends Endpoint {
    private final HostAndPort address;

    TcpEndpoint(EndpointText text) {
        this(text, HostAndPort.of(text, List.of("backlog")));
    }

    private TcpEndpoint(EndpointText text, HostAndPort address) {
        super(text);
        this.address = address;
    }

    @Override
    public TcpStream connect() throws IOException {
        return TcpStream.connect(address.host(), address.port());
    }

    @Override
    StreamServer serveOn(@Nullable LoopGroup group, StreamHandler<ByteStream> handler) throws IOException {
        TcpServer.Builder builder = TcpServer.builder().backlog(backlog);
        if (group != null) {
            builder.loops(group);
        }
        return builder.start(address.local(), handler::serve);
    }
}
