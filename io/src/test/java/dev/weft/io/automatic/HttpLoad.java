package dev.weft.io.automatic;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Load on a server of a {@link Site} from a process of its own, over connections that are kept alive. First each says hello;
 * then all ask for {@code /together}, which is answered only when all are being served at the same time; then each has
 * bodies of several sizes echoed. Every byte of every answer is compared. Prints how many answers were right, or fails.
 */
final class HttpLoad {
    private static final int BURST = 32; // connections opened at a time: below the backlog of every server
    private static final int LARGEST_BODY = 20_000;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final Selector selector = Selector.open();
    private final ByteBuffer incoming = ByteBuffer.allocateDirect(1 << 16);
    private int right;

    private HttpLoad() throws IOException {}

    /** Runs it in a JVM of its own, and gives what it prints. */
    static String run(int port, int connections, int echoes) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(Objects.requireNonNull(System.getProperty("java.home")), "bin", "java")
                                .toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        Objects.requireNonNull(System.getProperty("java.class.path")),
                        HttpLoad.class.getName(),
                        Integer.toString(port),
                        Integer.toString(connections),
                        Integer.toString(echoes))
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), US_ASCII);
            process.waitFor();
            return output.strip();
        } finally {
            process.destroyForcibly();
        }
    }

    public static void main(String[] args) throws IOException {
        HttpLoad load = new HttpLoad();
        int count = Integer.parseInt(args[1]);
        List<Connection> all = new ArrayList<>();
        InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
        for (int from = 0; from < count; from += BURST) {
            List<Connection> burst = new ArrayList<>();
            for (int number = from; number < Math.min(count, from + BURST); number++) {
                burst.add(load.new Connection(server, number));
            }
            load.ask(burst, connection -> connection.get("/hello/" + connection.number, "hello " + connection.number));
            all.addAll(burst);
        }
        load.ask(all, connection -> connection.get("/together", "together"));
        for (int round = 0; round < Integer.parseInt(args[2]); round++) {
            load.ask(all, Connection::echo);
        }
        System.out.println(load.right + " right");
    }

    private interface Question {
        void ask(Connection connection) throws IOException;
    }

    /** Asks on each connection at the same time, and waits for all answers. */
    private void ask(List<Connection> connections, Question question) throws IOException {
        for (Connection connection : connections) {
            question.ask(connection);
        }
        int end = right + connections.size();
        int seen = right;
        long progressAt = System.nanoTime();
        while (right < end) {
            selector.select(key -> ((Connection) key.attachment()).ready(), 100);
            if (right > seen) {
                seen = right;
                progressAt = System.nanoTime();
            } else if (System.nanoTime() - progressAt > PATIENCE_NANOS) {
                throw new IOException((end - right) + " of " + connections.size() + " questions were not answered");
            }
        }
    }

    /** One question at a time. */
    private final class Connection {
        private final int number;
        private final SocketChannel channel;
        private final SelectionKey key;
        private final Random random;
        private final ByteArrayOutputStream answer = new ByteArrayOutputStream();
        private ByteBuffer request = ByteBuffer.allocate(0);
        private byte[] expected = {};

        Connection(InetSocketAddress server, int number) throws IOException {
            this.number = number;
            random = new Random(number);
            channel = SocketChannel.open(server);
            channel.configureBlocking(false);
            key = channel.register(selector, SelectionKey.OP_READ, this);
        }

        void get(String path, String answer) throws IOException {
            send(head("GET", path) + "\r\n", new byte[0], answer.getBytes(US_ASCII));
        }

        void echo() throws IOException {
            byte[] body = new byte[random.nextInt(LARGEST_BODY)];
            random.nextBytes(body);
            send(head("POST", "/echo") + "Content-Length: " + body.length + "\r\n\r\n", body, body);
        }

        private static String head(String method, String path) {
            return method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
        }

        private void send(String head, byte[] body, byte[] expected) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.writeBytes(head.getBytes(US_ASCII));
            bytes.writeBytes(body);
            request = ByteBuffer.wrap(bytes.toByteArray());
            this.expected = expected;
            answer.reset();
            write();
        }

        void ready() {
            try {
                if (key.isWritable()) {
                    write();
                }
                if (key.isReadable()) {
                    read();
                }
            } catch (IOException e) {
                throw new IllegalStateException("connection " + number, e);
            }
        }

        private void write() throws IOException {
            channel.write(request);
            int interest = request.hasRemaining() ? SelectionKey.OP_WRITE : 0;
            key.interestOps(SelectionKey.OP_READ | interest);
        }

        private void read() throws IOException {
            int count = channel.read(incoming.clear());
            if (count < 0) {
                throw new IOException("the server closed it after " + answer.toString(US_ASCII));
            }
            byte[] bytes = new byte[count];
            incoming.flip().get(bytes);
            answer.writeBytes(bytes);
            if (isWhole()) {
                right++;
            }
        }

        private boolean isWhole() throws IOException {
            byte[] bytes = answer.toByteArray();
            String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
            int end = text.indexOf("\r\n\r\n") + 4;
            if (end < 4) {
                return false;
            }
            String head = text.substring(0, end);
            int length = expected.length;
            if (!head.startsWith("HTTP/1.1 200 ") || !hasLength(head, length)) {
                throw new IOException("expected 200 and " + length + " bytes, and got " + text);
            }
            if (bytes.length < end + length) {
                return false;
            }
            if (!Arrays.equals(expected, Arrays.copyOfRange(bytes, end, bytes.length))) {
                throw new IOException("another body than expected: " + text);
            }
            return true;
        }

        private static boolean hasLength(String head, int length) {
            return head.lines().anyMatch(line -> line.equalsIgnoreCase("content-length: " + length))
                    || length == 0; // the JDK's server says it otherwise
        }
    }
}
