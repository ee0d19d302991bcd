package dev.weft.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Ten minutes of mixed traffic on two loops, in rounds: clients that behave and clients that do not, handlers that fail, and
 * connections that are killed. At the end of each round nothing may be left, and the heap must not grow from round to round.
 * {@code -Dweft.soak.rounds=N -Dweft.soak.roundSeconds=N} change its length.
 */
@Tag("long")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class SoakTest {
    private static final int ROUNDS = Integer.getInteger("weft.soak.rounds", 10);
    private static final long ROUND_NANOS = TimeUnit.SECONDS.toNanos(Long.getLong("weft.soak.roundSeconds", 60));
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final int CLIENTS = 200;
    private static final int CHUNK = 8 << 10;
    private static final long TOLERATED_GROWTH = 8 << 20;
    private static final Logger SERVER_LOG = Logger.getLogger("dev.weft");

    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private volatile boolean isOver;
    private volatile int port;

    /** What is there between two rounds. */
    private record Residue(long descriptors, long heap) {}

    @Test
    void nothingGrows() throws Exception {
        SERVER_LOG.setLevel(Level.OFF); // it reports every handler that fails
        try (LoopGroup group = LoopGroup.open(2)) {
            HttpServer server = group.spawn(
                            () -> HttpServer.builder().loops(group).start("127.0.0.1", 0, SoakTest::serve))
                    .join();
            port = server.port();
            List<Residue> residues = new ArrayList<>();
            long requests = 0;
            for (int round = 0; round < ROUNDS; round++) {
                playRound(group, round);
                awaitRest(server, group);
                residues.add(residue());
                assertTrue(server.statistics().requests() > requests, "nothing was served");
                requests = server.statistics().requests();
            }
            System.out.println(server.statistics() + " " + residues);
            assertEquals(List.of(), wrong.stream().limit(10).toList());
            assertFlat(residues);
            server.stop(Duration.ZERO);
        } finally {
            SERVER_LOG.setLevel(null);
        }
    }

    private static void assertFlat(List<Residue> residues) {
        List<Residue> warm =
                residues.subList(residues.size() / 5, residues.size()); // classes are loaded, code is compiled
        assertEquals(1, warm.stream().mapToLong(Residue::descriptors).distinct().count(), residues::toString);
        long growth = warm.getLast().heap() - warm.getFirst().heap();
        assertTrue(growth < TOLERATED_GROWTH, () -> "the heap has grown by " + growth + ": " + residues);
    }

    private static void serve(HttpRequest request, HttpResponse response) throws Exception {
        switch (request.path()) {
            case "/hello" -> response.send("hello");
            case "/echo" -> response.send(request.body().bytes(1 << 20));
            case "/wait" -> {
                Weft.sleep(Duration.ofMillis(5));
                response.send("waited");
            }
            case "/children" -> {
                Weft.scope(scope -> {
                    for (int i = 1; i <= 3; i++) {
                        Duration pause = Duration.ofMillis(i);
                        scope.spawn(() -> Weft.sleep(pause));
                    }
                });
                response.send("children");
            }
            case "/stream" -> stream(response);
            case "/never" -> Weft.sleep(Duration.ofDays(1));
            default -> throw new IllegalStateException("fails, as it was asked to");
        }
    }

    private static void stream(HttpResponse response) throws IOException {
        try (OutputStream body = response.stream()) {
            for (int i = 0; i < 64; i++) {
                body.write(new byte[CHUNK]);
            }
        }
    }

    private void playRound(LoopGroup group, int round) throws InterruptedException {
        isOver = false;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            SplittableRandom random = new SplittableRandom(round * 1000L + i);
            threads.add(Thread.startVirtualThread(() -> play(random)));
        }
        threads.add(Thread.startVirtualThread(() -> killConnections(group, new SplittableRandom(round))));
        LockSupport.parkNanos(ROUND_NANOS);
        isOver = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void killConnections(LoopGroup group, SplittableRandom random) {
        while (!isOver) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
            Loop loop = group.loops().get(random.nextInt(group.loops().size()));
            List<Greenlet<?>> connections = loop.greenlets().stream()
                    .filter(greenlet -> greenlet.name().startsWith("127.0.0.1:"))
                    .toList();
            if (!connections.isEmpty()) {
                connections.get(random.nextInt(connections.size())).kill();
            }
        }
    }

    private void play(SplittableRandom random) {
        while (!isOver) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout((int) TimeUnit.NANOSECONDS.toMillis(PATIENCE_NANOS));
                switch (random.nextInt(8)) {
                    case 0 -> leave(socket, random);
                    case 1 -> reset(socket);
                    case 2 -> sendGarbage(socket, random);
                    case 3 -> readSlowly(socket, random);
                    case 4 -> pipeline(socket);
                    default -> behave(socket, random);
                }
            } catch (IOException e) {
                // It was killed, or asked for it.
            }
        }
    }

    private void behave(Socket socket, SplittableRandom random) throws IOException {
        for (int i = random.nextInt(50); i > 0 && !isOver; i--) {
            switch (random.nextInt(5)) {
                case 0 -> get(socket, "/hello", 200, "hello");
                case 1 -> get(socket, "/wait", 200, "waited");
                case 2 -> get(socket, "/children", 200, "children");
                case 3 -> get(socket, "/fail", 500, "");
                default -> echo(socket, random);
            }
        }
    }

    private void get(Socket socket, String path, int status, String body) throws IOException {
        send(socket, "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
        expect(socket, status, body.getBytes(US_ASCII));
    }

    private void echo(Socket socket, SplittableRandom random) throws IOException {
        byte[] body = new byte[random.nextInt(20_000)];
        random.nextBytes(body);
        send(socket, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length + "\r\n\r\n");
        socket.getOutputStream().write(body);
        expect(socket, 200, body);
    }

    private void pipeline(Socket socket) throws IOException {
        send(socket, "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n".repeat(20));
        for (int i = 0; i < 20; i++) {
            expect(socket, 200, "hello".getBytes(US_ASCII));
        }
    }

    private static void leave(Socket socket, SplittableRandom random) throws IOException {
        send(socket, "GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(20)));
    }

    private static void reset(Socket socket) throws IOException {
        send(socket, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nthe beginning");
        socket.setSoLinger(true, 0);
    }

    private static void sendGarbage(Socket socket, SplittableRandom random) throws IOException {
        byte[] garbage = new byte[random.nextInt(1, 2000)];
        random.nextBytes(garbage);
        socket.getOutputStream().write(garbage);
        socket.shutdownOutput();
        socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    private static void readSlowly(Socket socket, SplittableRandom random) throws IOException {
        send(socket, "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
        for (int i = random.nextInt(100); i > 0; i--) {
            socket.getInputStream().readNBytes(4096);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(US_ASCII));
    }

    private void expect(Socket socket, int status, byte[] body) throws IOException {
        InputStream in = socket.getInputStream();
        String head = head(in);
        byte[] actual = in.readNBytes(length(head));
        if (head.isEmpty() || actual.length < length(head)) {
            throw new EOFException("the connection was killed");
        }
        if (!head.startsWith("HTTP/1.1 " + status) || (status == 200 && !Arrays.equals(body, actual))) {
            wrong.add(head + new String(actual, US_ASCII));
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static int length(String head) {
        return head.lines()
                .filter(line -> line.regionMatches(true, 0, "content-length:", 0, 15))
                .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
                .findFirst()
                .orElse(0);
    }

    private static List<Greenlet<?>> greenlets(LoopGroup group) {
        return group.loops().stream().flatMap(loop -> loop.greenlets().stream()).toList();
    }

    private static void awaitRest(HttpServer server, LoopGroup group) {
        long start = System.nanoTime();
        while (server.statistics().connections() > 0
                || server.statistics().inFlight() > 0
                || greenlets(group).size() > 1) { // the one that accepts
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                throw new AssertionError(server.statistics() + ", and left are " + greenlets(group));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private static Residue residue() {
        System.gc();
        UnixOperatingSystemMXBean system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        return new Residue(system.getOpenFileDescriptorCount(), heap);
    }
}
