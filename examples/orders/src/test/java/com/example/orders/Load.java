package com.example.orders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Customers, each with a connection, who order a few times a second until nobody listens any more; and clients that send garbage, or a request byte by
 * byte. Prints the key of each order that was answered with 201 or 200. A process of its own: {@code Load PORT CUSTOMERS}.
 */
final class Load {
    private static final int BAD_CLIENTS = 20;

    private final int port;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    private Load(int port) {
        this.port = port;
    }

    private interface Client {
        void run() throws IOException, InterruptedException;
    }

    public static void main(String[] args) throws InterruptedException {
        Load load = new Load(Integer.parseInt(args[0]));
        Thread[] clients = new Thread[Integer.parseInt(args[1]) + 2 * BAD_CLIENTS];
        for (int i = 0; i < clients.length; i++) {
            int number = i;
            Client client = switch (i % (clients.length / BAD_CLIENTS)) {
                case 0 -> load::sendGarbage;
                case 1 -> load::sendSlowly;
                default ->
                    () -> {
                        load.order("customer " + number);
                        Thread.sleep(ThreadLocalRandom.current().nextInt(500));
                    };
            };
            clients[i] = Thread.startVirtualThread(() -> untilNobodyListens(client));
        }
        for (Thread client : clients) {
            client.join();
        }
    }

    private static void untilNobodyListens(Client client) {
        while (true) {
            try {
                client.run();
            } catch (ConnectException e) {
                return;
            } catch (IOException e) {
                // The connection was closed; the next one may be better.
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Places one order, and repeats the request with the same key until it is answered with 2xx. */
    private void order(String customer) throws IOException, InterruptedException {
        String key = UUID.randomUUID().toString();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/orders"))
                .timeout(Duration.ofSeconds(20))
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"customer\": \"%s\", \"item\": \"lamp\", \"quantity\": 2}".formatted(customer)))
                .build();
        while (true) {
            try {
                int status = http.send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode();
                if (status / 100 == 2) {
                    System.out.println(key);
                    return;
                }
                if (status != 503) {
                    System.out.println("unexpected status " + status);
                }
            } catch (ConnectException e) {
                throw e;
            } catch (IOException e) {
                // It may have been placed or not.
            }
            Thread.sleep(ThreadLocalRandom.current().nextInt(100));
        }
    }

    private void sendGarbage() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            byte[] garbage = new byte[ThreadLocalRandom.current().nextInt(1, 5000)];
            ThreadLocalRandom.current().nextBytes(garbage);
            socket.getOutputStream().write(garbage);
            socket.shutdownOutput();
            InputStream answer = socket.getInputStream();
            answer.transferTo(OutputStream.nullOutputStream());
        }
    }

    private void sendSlowly() throws IOException, InterruptedException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            OutputStream out = socket.getOutputStream();
            for (byte letter : "POST /orders HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{".getBytes()) {
                out.write(letter);
                Thread.sleep(200);
            }
        }
    }
}
