package dev.weft.examples;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.io.TcpServer;
import dev.weft.io.TcpStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Concurrent downloads from a slow local server: N waits take the time of one.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar download [PAGES]}
 */
public final class ConcurrentDownload {
    private static final Duration DELAY = Duration.ofMillis(300);

    private ConcurrentDownload() {}

    /** Fetches the number of pages given as the argument, by default 10. */
    public static void main(String[] args) throws IOException {
        int pages = args.length > 0 ? Integer.parseInt(args[0]) : 10;
        Weft.run(() -> {
            TcpServer server = TcpServer.start(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), ConcurrentDownload::serve);
            long begin = System.nanoTime();
            List<Greenlet<String>> downloads = new ArrayList<>();
            for (int page = 1; page <= pages; page++) {
                String path = "/page" + page;
                downloads.add(Weft.spawn(path, () -> download(server.port(), path)));
            }
            for (Greenlet<String> download : downloads) {
                System.out.println(download.join());
            }
            long millis = Duration.ofNanos(System.nanoTime() - begin).toMillis();
            System.out.println(pages + " downloads of " + DELAY.toMillis() + " ms each took " + millis + " ms");
        });
    }

    private static String download(int port, String path) throws IOException {
        try (TcpStream stream = TcpStream.connect("127.0.0.1", port)) {
            stream.write(StandardCharsets.UTF_8.encode("GET " + path + " HTTP/1.0\r\n\r\n"));
            String response = new String(stream.input().readAllBytes(), StandardCharsets.UTF_8);
            return response.substring(response.indexOf("\r\n\r\n") + 4);
        }
    }

    private static void serve(TcpStream stream) throws IOException {
        var request = new BufferedReader(new InputStreamReader(stream.input(), StandardCharsets.UTF_8));
        String path = request.readLine().split(" ", 3)[1];
        request.readLine(); // the empty line; there are no headers
        Weft.sleep(DELAY);
        stream.write(StandardCharsets.UTF_8.encode("HTTP/1.0 200 OK\r\n\r\nthis is " + path));
    }
}
