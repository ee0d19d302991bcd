package dev.weft.io.automatic;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** A server, on threads of its own, that misbehaves as the path of the request says. */
final class BadServer implements AutoCloseable {
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";
    private static final String HALF = HEAD + "Content-Length: 100000\r\n\r\nonly the beginning";

    private final ServerSocket listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final ExecutorService threads =
            Executors.newCachedThreadPool(Thread.ofPlatform().name("bad-server").factory());
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final AtomicInteger connections = new AtomicInteger();

    /** A permit for each answer that was left half, or not begun. */
    final Semaphore hanging = new Semaphore(0);

    /** How much of an endless header has been taken. */
    final AtomicLong endlessBytes = new AtomicLong();

    BadServer() throws IOException {
        threads.execute(this::accept);
    }

    URI page(String path) {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort() + path);
    }

    /** How many connections it has had. */
    int connections() {
        return connections.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                connections.incrementAndGet();
                sockets.add(socket);
                threads.execute(() -> serve(socket));
            }
        } catch (IOException e) {
            return; // closed
        }
    }

    private void serve(Socket socket) {
        try (socket;
                BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII))) {
            String line = in.readLine();
            while (line != null) {
                String path = line.split(" ", 3)[1];
                while (!in.readLine().isEmpty()) {
                    // the headers do not matter
                }
                answer(path, socket, in);
                line = in.readLine();
            }
        } catch (IOException e) {
            return; // the client has left
        }
    }

    private void answer(String path, Socket socket, BufferedReader in) throws IOException {
        switch (path) {
            case "/fine" -> send(socket, HEAD + "Content-Length: 4\r\n\r\nfine");
            case "/silent" -> hang(in);
            case "/half" -> {
                send(socket, HALF);
                hang(in);
            }
            case "/truncated" -> {
                send(socket, HALF);
                socket.shutdownOutput();
                hang(in);
            }
            case "/reset" -> {
                send(socket, HALF);
                socket.setSoLinger(true, 0);
                socket.close();
            }
            case "/garbage" -> {
                send(socket, "\u0007\u0001 this is\u0000 not the protocol\r\n\r\n\r\n".repeat(100));
                socket.shutdownOutput();
                hang(in);
            }
            case "/endless" -> endless(socket.getOutputStream());
            default -> drip(socket.getOutputStream());
        }
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(US_ASCII));
    }

    /** Says nothing until the client leaves. */
    private void hang(BufferedReader in) throws IOException {
        hanging.release();
        if (in.read() < 0) {
            throw new IOException("the client has left");
        }
    }

    private void endless(OutputStream out) throws IOException {
        byte[] line = ("X-Again: " + "again and ".repeat(100) + "\r\n").getBytes(US_ASCII);
        out.write(HEAD.getBytes(US_ASCII));
        while (endlessBytes.get() < 64 << 20) {
            out.write(line);
            endlessBytes.addAndGet(line.length);
        }
    }

    /** A byte now and then: no timeout for a single read ever ends this. */
    private static void drip(OutputStream out) throws IOException {
        out.write((HEAD + "Content-Length: 100000\r\n\r\n").getBytes(US_ASCII));
        while (true) {
            out.write('.');
            LockSupport.parkNanos(20_000_000);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        threads.close();
    }
}
