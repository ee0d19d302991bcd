package dev.weft.bench.cluster;

import dev.weft.bench.machine.BenchFailure;
import dev.weft.bench.machine.Child;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The main class of the JVM that is sent messages. Ends with its standard input. */
public final class MessageServer {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String READY = "ready";

    private MessageServer() {}

    /** Starts a server of the kind and on the port that the arguments say. */
    @SuppressWarnings("try") // the server is there to be closed
    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[1]);
        try (AutoCloseable server = switch (arguments[0]) {
            case "weft" -> WeftMessenger.serve(port);
            case "jgroups" -> JGroupsMessenger.serve(port);
            case "pekko" -> PekkoMessenger.serve(port);
            default -> throw new IllegalArgumentException("no server is called " + arguments[0]);
        }) {
            System.out.println(READY);
            while (System.in.read() >= 0) {
                // not yet the end
            }
        }
    }

    /** Starts a JVM with a server. */
    static Child start(String kind, int port) {
        List<String> arguments = new ArrayList<>(Child.WEFT_FLAGS);
        arguments.add("--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED"); // for Pekko's queues
        arguments.addAll(List.of(MessageServer.class.getName(), kind, Integer.toString(port)));
        Child child = Child.java("server of " + kind, arguments);
        String line = child.nextLine(PATIENCE);
        if (!line.equals(READY)) {
            throw child.failure("printed " + line);
        }
        return child;
    }

    /** Returns a port that was free just now, and so was the next one. */
    static int freePort() {
        while (true) {
            try (ServerSocket socket = bind(0)) {
                bind(socket.getLocalPort() + 1).close();
                return socket.getLocalPort();
            } catch (BindException e) {
                // the next one is taken; try others
            } catch (IOException e) {
                throw new BenchFailure("no port is free", e);
            }
        }
    }

    private static ServerSocket bind(int port) throws IOException {
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
    }
}
