package dev.weft.io.endpoint;

import dev.weft.LoopGroup;
import dev.weft.io.ByteStream;
import dev.weft.io.StreamHandler;
import dev.weft.io.StreamServer;
import dev.weft.lowlevel.Suspension;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A transport and an address, written as one string: what a program is configured with. Whoever writes the string chooses the
 * transport; the program only connects, or serves. The notation is that of Twisted's {@code clientFromString} and {@code
 * serverFromString}, one for both.
 *
 * <pre>
 * tcp:localhost:7000                                   a host name, or an IP address
 * tcp:[::1]:7000:backlog=64                            an IPv6 address in brackets, and an option
 * tls:example.org:443                                  a client, with the JDK's trust
 * tls:0.0.0.0:8443:certificate=chain.pem:key=key.pem   a server, on all interfaces
 * unix:/run/shop.sock:mode=660                         a path
 * </pre>
 *
 * <p>Options follow the address in any order. A backslash makes the next character a plain one: {@code unix:/tmp/a\:b}.
 *
 * <table>
 * <caption>Options</caption>
 * <tr><th>option<th>of<th>meaning
 * <tr><td>{@code backlog=COUNT}<td>all servers<td>how many connections may wait to be accepted; 1024 by default
 * <tr><td>{@code mode=OCTAL}<td>{@code unix} servers<td>the permissions of the socket file, as those of {@link
 *     dev.weft.io.UnixServerBuilder#permissions}
 * <tr><td>{@code certificate=FILE}<td>{@code tls}<td>the own certificate, followed by those that lead to the authority; a server
 *     must have one, and a client may
 * <tr><td>{@code key=FILE}<td>{@code tls}<td>the private key of the certificate, in PKCS #8; in the file of the certificate by
 *     default
 * <tr><td>{@code trust=FILE}<td>{@code tls}<td>the authorities to trust; a server with this option rejects clients without a
 *     certificate of theirs
 * </table>
 *
 * <p>The files are PEM files (RFC 7468). They are read by {@link #parse}; parse again to use renewed ones. For all else that TLS
 * can be told there is {@link dev.weft.io.tls.Tls}.
 *
 * <p>Immutable. Any thread may parse; greenlets connect and serve.
 */
public abstract sealed class Endpoint permits TcpEndpoint, TlsEndpoint, UnixEndpoint {
    static {
        Suspension.spawnsForOthers(Endpoint.class, TcpEndpoint.class, TlsEndpoint.class, UnixEndpoint.class);
    }

    private final String text;
    final int backlog;

    Endpoint(EndpointText text) {
        this.text = text.toString();
        backlog = text.option("backlog", text::positive).orElse(1024);
    }

    /**
     * Reads {@code text}.
     *
     * @throws IllegalArgumentException if it is no endpoint, or a file that it names cannot be used; the message has the string,
     *     the index of what is wrong in it, and the cure
     */
    public static Endpoint parse(String text) {
        EndpointText parsed = EndpointText.of(text);
        return switch (parsed.transport()) {
            case "tcp" -> new TcpEndpoint(parsed);
            case "tls" -> new TlsEndpoint(parsed);
            case "unix" -> new UnixEndpoint(parsed);
            default ->
                throw parsed.bad(0, "there is no transport \"" + parsed.transport() + "\"; use tcp, tls or unix");
        };
    }

    /**
     * Connects. Without a time limit of its own but that of a TLS handshake, ten seconds: use {@link
     * dev.weft.Weft#withTimeout(java.time.Duration, dev.weft.CheckedCallable)}.
     *
     * @throws IOException as {@link dev.weft.io.TcpStream#connect(String, int)}, {@link dev.weft.io.UnixStream#connect} and
     *     {@link dev.weft.io.tls.Tls#client} do
     */
    public abstract ByteStream connect() throws IOException;

    /**
     * Starts a server here, on the caller's loop.
     *
     * @throws java.net.BindException if the address is in use or is not local to this machine
     * @throws IllegalStateException if this is a {@code tls} endpoint without a certificate
     */
    public StreamServer serve(StreamHandler<ByteStream> handler) throws IOException {
        return serveOn(null, handler);
    }

    /** As {@link #serve(StreamHandler)}, on all loops of {@code group}; see {@link StreamServer}. */
    public StreamServer serve(LoopGroup group, StreamHandler<ByteStream> handler) throws IOException {
        return serveOn(group, handler);
    }

    abstract StreamServer serveOn(@Nullable LoopGroup group, StreamHandler<ByteStream> handler) throws IOException;

    /** Returns the string that was parsed. */
    @Override
    public String toString() {
        return text;
    }
}
