package dev.weft.cluster;

import dev.weft.Weft;
import dev.weft.sync.Channel;
import dev.weft.sync.ChannelFailed;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A node in a JVM of its own, which obeys commands on its standard input and answers on its standard output. Channels, which cannot
 * be found by name here, go along as text. Closing it kills it.
 */
final class ChildNode implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 30;

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private ChildNode(Process process) {
        this.process = process;
        Thread.ofPlatform().daemon().start(this::readLines);
    }

    /** Starts one that joins the nodes at {@code peer}. */
    static ChildNode start(String name, String peer) throws IOException {
        return start(java(ChildNode.class, name, peer));
    }

    /** Starts one by a command, which runs a program that obeys other commands. */
    static ChildNode start(ProcessBuilder command) throws IOException {
        return new ChildNode(
                command.redirectError(ProcessBuilder.Redirect.DISCARD).start());
    }

    /** Returns what starts the main method of {@code type} in a JVM with the flags that Weft needs. */
    static ProcessBuilder java(Class<?> type, String... args) {
        List<String> command = new ArrayList<>(List.of(
                Objects.requireNonNull(System.getProperty("java.home")) + "/bin/java",
                "--add-opens",
                "java.base/java.lang=ALL-UNNAMED",
                "--add-exports",
                "java.base/jdk.internal.vm=ALL-UNNAMED",
                "-Xmx256m",
                "-cp",
                Objects.requireNonNull(System.getProperty("java.class.path")),
                type.getName()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command);
    }

    private void readLines() {
        try (BufferedReader output = process.inputReader()) {
            String line;
            while ((line = output.readLine()) != null) {
                lines.add(line);
            }
        } catch (IOException e) {
            // it was killed
        }
    }

    /** Sends a command. */
    void tell(String command) throws IOException {
        process.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Waits for a line that begins with {@code start}, and returns the rest of it. Other lines are dropped. */
    String expect(String start) {
        String line;
        while ((line = next()) != null) {
            if (line.startsWith(start)) {
                return line.substring(start.length()).trim();
            }
        }
        throw new AssertionError("no line that begins with \"" + start + "\" has come");
    }

    /** Waits for the next line; null if none comes. */
    @Nullable String next() {
        return Weft.offload(() -> lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }

    static String toText(Cluster cluster, RemoteChannel<?> channel) {
        return HexFormat.of().formatHex(cluster.values().write(channel));
    }

    @SuppressWarnings("unchecked") // the tests agree on it
    static <T> RemoteChannel<T> fromText(Cluster cluster, String text) {
        FrameReader bytes = new FrameReader(HexFormat.of().parseHex(text));
        return (RemoteChannel<T>) Objects.requireNonNull(cluster.values().read(bytes));
    }

    /** The node itself. */
    public static void main(String[] args) throws Exception {
        Weft.run(() -> {
            TcpConfig tcp = TcpConfig.on("127.0.0.1", 0).nodeName(args[0]).peers(args[1]);
            try (Cluster cluster = Cluster.join("test", ClusterConfig.over(tcp))) {
                new Commands(cluster, System.out).run();
            }
        });
    }

    /** Returns what this JVM holds in memory. */
    static long usedMegabytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) / 1_000_000;
    }

    private record Commands(Cluster cluster, PrintStream output) {
        void run() throws IOException {
            output.println("joined");
            BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            String line;
            while ((line = Weft.offload(input::readLine)) != null) {
                String[] words = line.split(" ", -1);
                switch (words[0]) {
                    case "send" -> send(fromText(cluster, words[1]), Duration.ofMillis(Long.parseLong(words[2])));
                    case "flood" -> flood(fromText(cluster, words[1]), Integer.parseInt(words[2]));
                    case "heap" -> output.println("heap " + usedMegabytes());
                    case "receive" -> receive(Duration.ofMillis(Long.parseLong(words[1])));
                    case "nodes" ->
                        output.println("nodes "
                                + cluster.view().value().nodes().stream()
                                        .map(Node::name)
                                        .toList());
                    default -> throw new IllegalArgumentException(line);
                }
            }
        }

        /** Sends 0, 1, 2 and so on until that fails. */
        private void send(RemoteChannel<Integer> channel, Duration pause) {
            Weft.spawn(() -> {
                try {
                    for (int i = 0; ; i++) {
                        channel.send(i);
                        Weft.sleep(pause);
                    }
                } catch (ChannelFailed e) {
                    output.println("sender ended: " + e.getCause());
                }
            });
        }

        /** Sends {@code count} messages of a hundred bytes that begin with their number, and closes the channel. */
        private void flood(RemoteChannel<byte[]> channel, int count) {
            Weft.spawn(() -> {
                for (int i = 0; i < count; i++) {
                    channel.send(ByteBuffer.allocate(100).putInt(i).array());
                }
                channel.close();
            });
        }

        /** Receives from a channel of its own until that fails. */
        private void receive(Duration pause) {
            Channel<Object> in = Channel.rendezvous();
            output.println("channel " + toText(cluster, cluster.channel(in)));
            Weft.spawn(() -> {
                int count = 0;
                try {
                    for (Object value : in) {
                        output.println("received " + ++count + " of " + value.getClass());
                        Weft.sleep(pause);
                    }
                } catch (ChannelFailed e) {
                    output.println("receiver ended: " + e.getCause());
                }
            });
        }
    }
}
