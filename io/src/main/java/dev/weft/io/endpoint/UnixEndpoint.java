package dev.weft.io.endpoint;

import dev.weft.LoopGroup;
import dev.weft.io.ByteStream;
import dev.weft.io.StreamHandler;
import dev.weft.io.StreamServer;
import dev.weft.io.UnixServer;
import dev.weft.io.UnixServerBuilder;
import dev.weft.io.UnixStream;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code unix:PATH}. */
final class UnixEndpoint extends Endpoint {
    private static final PosixFilePermission[] BITS =
            PosixFilePermission.values(); // from the highest bit of a mode to the lowest

    private final Path path;
    private final @Nullable Set<PosixFilePermission> permissions;

    UnixEndpoint(EndpointText text) {
        this(text, path(text));
    }

    private UnixEndpoint(EndpointText text, Path path) {
        super(text);
        this.path = path;
        permissions = text.option("mode", mode -> permissions(mode, text)).orElse(null);
    }

    private static Path path(EndpointText text) {
        EndpointText.Field path = text.field(1, "path", "unix:PATH, as in unix:/run/shop.sock");
        text.options(2, List.of("backlog", "mode"));
        try {
            return Path.of(path.value());
        } catch (InvalidPathException e) {
            throw text.bad(path.at(), e.getReason() + "; write a path of this system");
        }
    }

    private static Set<PosixFilePermission> permissions(EndpointText.Field mode, EndpointText text) {
        if (!mode.value().matches("0?[0-7]{3}")) {
            throw text.bad(
                    mode.at(), "\"" + mode.value() + "\" is not a mode; write three octal digits, as in mode=660");
        }
        int bits = Integer.parseInt(mode.value(), 8);
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (int i = 0; i < BITS.length; i++) {
            if ((bits & 1 << (BITS.length - 1 - i)) != 0) {
                permissions.add(BITS[i]);
            }
        }
        return permissions;
    }

    @Override
    public UnixStream connect() throws IOException {
        return UnixStream.connect(path);
    }

    @Override
    StreamServer serveOn(@Nullable LoopGroup group, StreamHandler<ByteStream> handler) throws IOException {
        UnixServerBuilder builder = UnixServer.builder().backlog(backlog);
        if (permissions != null) {
            builder.permissions(permissions);
        }
        if (group != null) {
            builder.loops(group);
        }
        return builder.start(path, handler::serve);
    }
}
