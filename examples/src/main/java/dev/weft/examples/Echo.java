package dev.weft.examples;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * An echo server with the same handler on greenlets, virtual threads or platform threads, to compare the three.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar echo --port 0 --on greenlets|virtual|threads}
 */
@Command(name = "echo", description = "One echo handler on greenlets, virtual threads or platform threads.")
final class Echo implements Callable<Integer> {
    private static final int BUFFER_SIZE = 4096;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(names = "--port", required = true, description = "port to listen on; 0 for a free one")
    private int port;

    @Option(
            names = "--on",
            required = true,
            converter = Carrier.Named.class,
            description = "tasks that serve connections: greenlets, virtual or threads")
    private Carrier carrier = Carrier.GREENLETS;

    @Option(names = "--host", defaultValue = "127.0.0.1", description = "address to listen on (${DEFAULT-VALUE})")
    private String host = "127.0.0.1";

    @Override
    public Integer call() throws IOException {
        if (port < 0 || port > 0xffff) {
            throw new ParameterException(spec.commandLine(), "the port must be between 0 and 65535: " + port);
        }
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new UnknownHostException("unknown host: " + host);
        }
        carrier.serve(address, Echo::echo, bound -> {
            String where = bound.getAddress().getHostAddress() + ":" + bound.getPort();
            System.out.println("listening on " + where + " (" + carrier + ")");
        });
        return 0;
    }

    /** Echoes one connection. The same code runs on all carriers. */
    static void echo(ReadableByteChannel in, WritableByteChannel out) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE);
        while (in.read(buffer) >= 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
            buffer.clear();
        }
    }
}
