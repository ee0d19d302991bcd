package dev.weft.bench.rival;

import dev.weft.Action;
import dev.weft.Weft;
import dev.weft.io.javanet.WeftSockets;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import javax.net.ServerSocketFactory;

/**
 * A classic echo server with a blocking task per {@link Socket} and its streams. The variants differ in the kind of task and
 * in the socket implementation.
 */
final class JavaNet implements Rival {
    private static final int BUFFER_SIZE = 4096;

    private final ServerSocketFactory sockets;
    private final Consumer<Runnable> carrier;
    private final Home home;

    /** Runs the accept loop. */
    @FunctionalInterface
    private interface Home {
        void run(Action accepting) throws Exception;
    }

    private JavaNet(ServerSocketFactory sockets, Consumer<Runnable> carrier, Home home) {
        this.sockets = sockets;
        this.carrier = carrier;
        this.home = home;
    }

    /** Greenlets, with Weft's sockets. */
    static JavaNet onGreenlets() {
        return new JavaNet(WeftSockets.serverSocketFactory(), JavaNet::spawn, JavaNet::inAGreenlet);
    }

    /** Greenlets, with the JDK's sockets. */
    static JavaNet ofTheJdkOnGreenlets() {
        return new JavaNet(ServerSocketFactory.getDefault(), JavaNet::spawn, JavaNet::inAGreenlet);
    }

    static JavaNet onVirtualThreads() {
        return new JavaNet(ServerSocketFactory.getDefault(), Thread.ofVirtual()::start, Action::run);
    }

    static JavaNet onPlatformThreads() {
        return new JavaNet(ServerSocketFactory.getDefault(), Thread.ofPlatform()::start, Action::run);
    }

    /** Returns these tasks with the JDK's TLS sockets. */
    private JavaNet overTls() {
        return new JavaNet(Certificate.serverContext().getServerSocketFactory(), carrier, home);
    }

    private static void inAGreenlet(Action accepting) throws Exception {
        Weft.run(accepting::run);
    }

    private static void spawn(Runnable task) {
        Weft.spawn(task::run);
    }

    @Override
    public void serve(Terms terms, IntConsumer listening) throws Exception {
        JavaNet server = terms.service() == Service.TLS ? overTls() : this;
        server.home.run(() -> server.accept(listening));
    }

    private void accept(IntConsumer listening) throws IOException {
        try (ServerSocket listener = sockets.createServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress())) {
            listening.accept(listener.getLocalPort());
            while (true) {
                Socket connection = listener.accept();
                connection.setTcpNoDelay(true);
                carrier.accept(() -> echo(connection));
            }
        }
    }

    private static void echo(Socket connection) {
        byte[] buffer = new byte[BUFFER_SIZE];
        try (connection) {
            InputStream in = connection.getInputStream();
            OutputStream out = connection.getOutputStream();
            int length = in.read(buffer);
            while (length >= 0) {
                out.write(buffer, 0, length);
                length = in.read(buffer);
            }
        } catch (IOException e) {
            // Affects only this connection.
        }
    }
}
