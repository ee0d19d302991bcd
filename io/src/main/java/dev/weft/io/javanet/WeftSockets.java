package dev.weft.io.javanet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;

/**
 * {@code java.net.Socket} and {@code ServerSocket} on the selectors of the loops, for code and libraries that know nothing of
 * Weft: JDBC drivers, HTTP clients, mail. Hand a factory to those that take one, or {@linkplain #installForJvm install} it.
 *
 * <pre>{@code
 * Socket socket = WeftSockets.socketFactory().createSocket("localhost", 5432);
 * int first = socket.getInputStream().read(); // the greenlet yields
 * }</pre>
 *
 * <p>The JDK's own sockets yield in a greenlet too, but hear of data from a poller of the JDK, on another thread. With these
 * the data and the greenlet are on one thread, and a wait is one of Weft's.
 *
 * <p><strong>Who may use one.</strong> Anybody, and one socket from all sides: greenlets of several loops, platform threads,
 * virtual threads. Of two in one direction the second waits for its turn, as in the JDK. What is no greenlet waits by way of
 * one daemon thread of the JVM, which costs a hop between threads; a program without greenlets is better off with the JDK's.
 *
 * <p><strong>Behaviour</strong> is that of the JDK's sockets: options, timeouts, half-close, a reset that stays, messages. A
 * close from anywhere ends all waits with a {@link SocketException}, "Socket closed". {@link Thread#interrupt} of a greenlet
 * or a virtual thread closes the socket in which it waits, "Closed by interrupt"; a platform thread goes on. Moreover, in a
 * greenlet:
 *
 * <ul>
 *   <li>A kill, the cancellation of a scope and a deadline around it end a wait as an interrupt does: the socket is closed, as
 *       nobody could know how much of an answer has come, and a pool must not hand it to the next one. The {@link
 *       SocketException}, "Closed by cancellation", has the {@link dev.weft.Cancelled} as its cause, and scopes and joiners know
 *       it by that through all that drivers wrap around it: {@link dev.weft.Weft#withTimeout} throws {@link
 *       dev.weft.DeadlineExceeded}, and a killed greenlet has been cancelled and has not failed. An accept throws {@code
 *       Cancelled} itself, and the server socket stays open.
 *   <li>{@code SO_TIMEOUT} and the timeout of a connect are {@link java.net.SocketTimeoutException}s, as ever.
 *   <li>An operation that succeeds at once spends of the greenlet's budget, so a socket that is always ready starves nobody.
 *   <li>A close never waits: {@code SO_LINGER} of more than 0 does not hold it up, and the system delivers what is left.
 * </ul>
 *
 * <p><strong>What is not as in the JDK:</strong> a server socket has no option {@code IP_TOS}. A socket for which somebody has
 * waited does not linger in its close on threads either. The descriptor of such a socket is given back by the next turn of
 * its loops, and not within the close. The system property {@code socksProxyHost} and proxy selectors do not reach these
 * sockets, as is so with any factory; a SOCKS or HTTP {@code Proxy} that is handed to the constructor of a {@code Socket}
 * works, on a socket of the JDK's. Flight Recorder sees reads and writes twice, of the socket and of its channel.
 *
 * <p>A socket that becomes garbage is closed. It outlives the loops that used it.
 *
 * <p>Cost: reading and writing take the same system calls as {@link dev.weft.io.TcpStream}, and allocate nothing when the
 * same array is used again. Data is copied once more than with a direct buffer there.
 */
public final class WeftSockets {
    private static boolean streamsInstalled; // guarded by the class
    private static boolean serversInstalled; // guarded by the class

    private WeftSockets() {}

    /**
     * Makes sockets. The same object each time; any thread. Its methods that connect wait until that is done, for as long as
     * the system tries; {@code createSocket()} makes one that can be connected in time.
     */
    public static SocketFactory socketFactory() {
        return WeftSocketFactory.INSTANCE;
    }

    /** Makes server sockets, whose connections are sockets like those of {@link #socketFactory}. As that for the rest. */
    public static ServerSocketFactory serverSocketFactory() {
        return WeftServerSocketFactory.INSTANCE;
    }

    /**
     * From now on every {@code new Socket()} and {@code new ServerSocket()} of the JVM, in whatever library, is one of these.
     * It can be done once and not undone, as the JDK has it; again, it does nothing. Any thread.
     *
     * @throws IllegalStateException if another factory was set before; the message names what it makes
     */
    @SuppressWarnings("deprecation") // the JDK discourages the hooks, and has no others
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
                by + "; a JVM has one such factory: leave that call out, or hand the factories of WeftSockets"
                        + " to the libraries that take one",
                cause);
    }
}
