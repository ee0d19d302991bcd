package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.service.Service;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A server in a process of its own gets SIGTERM while clients come as fast as they can. */
@ExtendWith({NoDescriptorLeaks.class, NothingLeft.class})
@Timeout(120)
class ServiceUnderLoadTest {
    private static final int CLIENTS = 40;
    private static final String ANSWER = "answer";

    @Test
    void everyRequestThatWasAcceptedIsAnswered() throws Exception {
        Process server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Server.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader told = server.inputReader();
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            int port = Integer.parseInt(told.readLine());
            AtomicInteger answered = new AtomicInteger();
            CountDownLatch underLoad = new CountDownLatch(10 * CLIENTS);
            List<? extends Future<?>> all = IntStream.range(0, CLIENTS)
                    .mapToObj(i -> clients.submit(() -> askUntilRefused(port, answered, underLoad)))
                    .toList();
            underLoad.await();
            server.toHandle().destroy(); // SIGTERM; server.destroy() would close its output, too
            assertEquals("accepted", told.readLine());
            int accepted = Integer.parseInt(told.readLine());
            for (Future<?> client : all) {
                client.get();
            }
            assertEquals(0, server.waitFor());
            assertEquals(accepted, answered.get());
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    private static void askUntilRefused(int port, AtomicInteger answered, CountDownLatch underLoad) {
        while (true) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.getOutputStream().write('?');
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                if (answer.equals(ANSWER)) {
                    answered.incrementAndGet();
                    underLoad.countDown();
                }
            } catch (ConnectException refused) {
                return;
            } catch (IOException e) {
                // It was never accepted: the operating system resets what is in its queue when the server stops.
            }
        }
    }

    static final class Server {
        private static final AtomicInteger ACCEPTED = new AtomicInteger();

        public static void main(String[] arguments) throws IOException {
            int status = Service.builder()
                    .grace(Duration.ofSeconds(30))
                    .readinessDelay(Duration.ofMillis(20))
                    .run(LoopGroup.open(2), service -> {
                        TcpServer server = TcpServer.builder()
                                .loops(service.group())
                                .start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Server::serve);
                        service.onStop("server", server::stop);
                        System.out.println(server.port());
                    });
            System.out.println("accepted");
            System.out.println(ACCEPTED);
            System.exit(status);
        }

        private static void serve(TcpStream stream) throws IOException {
            ACCEPTED.incrementAndGet();
            stream.read(ByteBuffer.allocate(1));
            Weft.sleep(Duration.ofMillis(20)); // a database, say
            stream.write(ByteBuffer.wrap(ANSWER.getBytes(StandardCharsets.US_ASCII)));
        }
    }
}
