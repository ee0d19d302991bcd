package dev.weft.examples;

import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.io.TcpServer;
import dev.weft.io.TcpStream;
import dev.weft.sync.Channel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * The chat server on all cores: each loop has a room of its own for the members that it serves, and rooms exchange lines
 * through channels. runtime/CORES.md explains it.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar chat-on-cores [PORT]}
 */
public final class ChatOnCores {
    private final Map<Loop, Room> rooms = new HashMap<>(); // complete, and only read, once the server has started

    private ChatOnCores(LoopGroup group) {
        for (Loop loop : group.loops()) {
            rooms.put(loop, new Room(loop));
        }
    }

    /** Listens on the port given as the argument, or on a free port. */
    public static void main(String[] args) throws IOException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 0;
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        int cores = Runtime.getRuntime().availableProcessors();
        Weft.run(cores, () -> {
            LoopGroup group = Loop.current().group();
            TcpServer server = TcpServer.builder().loops(group).start(address, new ChatOnCores(group)::serve);
            System.out.println("listening on 127.0.0.1:" + server.port());
            server.join();
        });
    }

    /** The members that one loop serves. Only greenlets of that loop use the set, so it needs no lock. */
    private static final class Room {
        private final Set<ArrayBlockingQueue<String>> outboxes = new HashSet<>();
        private final Channel<String> lines;

        Room(Loop loop) {
            lines = Channel.on(loop).buffered(1000);
            loop.spawn("room", this::deliver);
        }

        private void deliver() {
            for (String line : lines) {
                for (var member : outboxes) {
                    member.offer(line); // dropped for a member that is 100 lines behind
                }
            }
        }
    }

    private void serve(TcpStream stream) throws IOException {
        Room room = Objects.requireNonNull(rooms.get(Loop.current()));
        var outbox = new ArrayBlockingQueue<String>(100);
        var sender = Weft.spawn("to " + stream, () -> ChatServer.send(outbox, stream));
        room.outboxes.add(outbox);
        try (var lines = new BufferedReader(new InputStreamReader(stream.input(), StandardCharsets.UTF_8))) {
            for (String line; (line = lines.readLine()) != null; ) {
                for (Room each : rooms.values()) {
                    each.lines.send(line); // waits while the room is 1000 lines behind
                }
            }
        } finally {
            room.outboxes.remove(outbox);
            sender.kill();
        }
    }
}
