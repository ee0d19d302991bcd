package dev.weft.io.javanet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;

/**
 * {@code java.net.Socket} and {@code ServerSocket} on the selectors of the loops, for code and libraries that do not
 * know Weft: JDBC drivers, HTTP clients, mail. Pass a factory to those that accept one, or {@linkplain #installForJvm
 * install} it.
 *
 * <pre>{@code
 * Socket socket = WeftSockets.socketFactory().createSocket("localhost", 5432);
 * int first = socket.getInputStream().read(); // the greenlet yields
 * }</pre>
 *
 * <p>The JDK's own sockets yield in a greenlet too, but another thread, a poller of the JDK, tells them of data. With
 * these sockets the loop's own selector does, and a wait is one of Weft's.
 *
 * <p><strong>Callers.</strong> Any thread may use one, and several at once: greenlets of several loops, platform
 * threads, virtual threads. Of two callers in one direction the second waits, as in the JDK. Threads that are not
 * greenlets wait with the help of one daemon thread of the JVM, which costs a hop between threads; a program without
 * greenlets should use the JDK's sockets.
 *
 * <p><strong>Behaviour</strong> is that of the JDK's sockets: options, timeouts, half-close, errors, messages. A close
 * from anywhere ends all waits with a {@link SocketException}, "Socket closed". {@link Thread#interrupt} of a greenlet
 * or a virtual thread closes the socket in which it waits, "Closed by interrupt"; a platform thread goes on. In a
 * greenlet, moreover:
 *
 * <ul>
 *   <li>A kill, the cancellation of a scope, and a deadline end a wait as an interrupt does: the socket is closed,
 *       since nobody could know how much of an answer has come, and a pool must not reuse it. The {@link
 *       SocketException}, "Closed by cancellation", has the {@link dev.weft.Cancelled} as its cause. Scopes and joiners
 *       recognise it by that, however drivers wrap it: {@link dev.weft.Weft#withTimeout} throws {@link
 *       dev.weft.DeadlineExceeded}, and a killed greenlet counts as cancelled and not as failed. An accept throws
 *       {@code Cancelled} itself, and the server socket stays open.
 *   <li>{@code SO_TIMEOUT} and the timeout of a connect throw {@link java.net.SocketTimeoutException}, as in the JDK.
 *   <li>An operation that succeeds at once uses the greenlet's budget, so a socket that is always ready starves nobody.
 *   <li>A close never waits: {@code SO_LINGER} above 0 does not delay it, and the system delivers what is left.
 * </ul>
 *
 * <p><strong>Differences from the JDK:</strong> a server socket has no option {@code IP_TOS}. A socket for which
 * somebody has waited does not linger in its close, on threads either; its descriptor is released by the next turn of
 * its loops, and not during the close. The system property {@code socksProxyHost} and proxy selectors do not apply, as
 * with any factory; a SOCKS or HTTP {@code Proxy} that is passed to the constructor of a {@code Socket} works, on a
 * socket of the JDK. Flight Recorder records reads and writes twice, for the socket and for its channel.
 *
 * <p>A socket that becomes unreachable is closed. It may outlive the loops that used it.
 *
 * <p>Cost: reading and writing make the same system calls as {@link dev.weft.io.TcpStream}, and allocate nothing if the
 * same array is passed again. Data is copied once more than with a direct buffer there.
 */
public final class WeftSockets {
    private static boolean streamsInstalled; // guarded by the class
    private static boolean serversInstalled; // guarded by the class

    private WeftSockets() {}

    /**
     * The factory of sockets; always the same object. Any thread. Its methods that connect wait as long as the system
     * tries; {@code createSocket()} makes one that can be connected with a timeout.
     */
    public static SocketFactory socketFactory() {
        return WeftSocketFactory.INSTANCE;
    }

    /**
     * The factory of server sockets, whose connections are like those of {@link #socketFactory}. Always the same
     * object. Any thread.
     */
    public static ServerSocketFactory serverSocketFactory() {
        return WeftServerSocketFactory.INSTANCE;
    }

    /**
     * Makes every {@code new Socket()} and {@code new ServerSocket()} of the JVM, in whatever library, one of these
     * from now on. As the JDK has it, this cannot be undone; a second call does nothing. Any thread.
     *
     * @throws IllegalStateException if another factory was set before; the message names what it makes
     */
    @SuppressWarnings("deprecation") // the JDK discourages these hooks and has no others
    public static synchronized void installForJvm() {
        try {
            if (!streamsInstalled) {
                Socket.setSocketImplFactory(StreamSocket::new);
                streamsInstalled = true;
            }
        } catch (SocketException e) {
            throw taken(
                    "Socket.setSocketImplFactory(...) was called before, with a factory which makes "
                            + ForeignFactory.product(),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            if (!serversInstalled) {
                ServerSocket.setSocketFactory(ListeningSocket::new);
                serversInstalled = true;
            }
        } catch (SocketException e) {
            throw taken("ServerSocket.setSocketFactory(...) was called before", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static IllegalStateException taken(String by, SocketException cause) {
        return new IllegalStateException(
                by + "; a JVM has one such factory: remove that call, or pass the factories of WeftSockets"
                        + " to the libraries that take one",
                cause);
    }
}
