package dev.weft.io.javanet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;

/**
 * {@code java.net.Socket} and {@code ServerSocket} on the loops' selectors, for code and libraries that are unaware of Weft: JDBC
 * drivers, HTTP clients, mail. Pass a factory to libraries that accept one, or {@linkplain #installForJvm install} it in the JVM.
 *
 * <pre>{@code
 * Socket socket = WeftSockets.socketFactory().createSocket("localhost", 5432);
 * int first = socket.getInputStream().read(); // the greenlet yields
 * }</pre>
 *
 * <p>The JDK's own sockets also yield in a greenlet, but they are woken by another thread, one of the JDK's pollers. These
 * sockets are woken by the loop's own selector, and their waits are Weft waits.
 *
 * <p><strong>Callers.</strong> Any threads may use a socket concurrently: greenlets of several loops, platform threads, virtual
 * threads. If two callers use the same direction, the second waits, as in the JDK. Threads that are not greenlets wait with the
 * help of a daemon thread of the JVM, which costs a hop between threads; a program without greenlets should use the JDK's
 * sockets.
 *
 * <p><strong>Behaviour</strong> is that of the JDK's sockets: options, timeouts, half-close, errors, messages. Closing a socket
 * from any thread ends all waits with a {@link SocketException}, "Socket closed". {@link Thread#interrupt} of a greenlet or a
 * virtual thread closes the socket on which it waits, "Closed by interrupt"; a platform thread continues to wait. In addition, in
 * a greenlet:
 *
 * <ul>
 *   <li>A kill, the cancellation of a scope, and a deadline end a wait as an interrupt does. The socket is closed, because it is
 *       unknown how much of a response has arrived and a pool must not reuse the connection. The {@link SocketException}, "Closed
 *       by cancellation", has the {@link dev.weft.Cancelled} as its cause. Scopes and joiners recognise it by that cause, however
 *       drivers wrap it: {@link dev.weft.Weft#withTimeout} throws {@link dev.weft.DeadlineExceeded}, and a killed greenlet counts
 *       as cancelled rather than failed. An accept throws {@code Cancelled} itself, and the server socket stays open.
 *   <li>{@code SO_TIMEOUT} and connect timeouts throw {@link java.net.SocketTimeoutException}, as in the JDK.
 *   <li>An operation that succeeds immediately consumes the greenlet's budget, so a socket that is always ready does not starve
 *       other greenlets.
 *   <li>Closing never waits: {@code SO_LINGER} above 0 does not delay it, and the operating system delivers the remaining data.
 * </ul>
 *
 * <p><strong>Differences from the JDK:</strong> a server socket does not support {@code IP_TOS}. A socket that has been waited
 * for does not linger when closed, on other threads either; its descriptor is released in the next iteration of its loops, not
 * during the close. The system property {@code socksProxyHost} and proxy selectors do not apply, as with any factory; a SOCKS or
 * HTTP {@code Proxy} that is passed to the constructor of {@code Socket} works, with a socket of the JDK. Flight Recorder records
 * reads and writes twice, for the socket and for its channel.
 *
 * <p>A socket that becomes unreachable is closed. A socket may outlive the loops that used it.
 *
 * <p>Cost: reads and writes make the same system calls as {@link dev.weft.io.TcpStream}, and do not allocate if the same array is
 * passed each time. Data is copied once more than with a direct buffer there.
 */
public final class WeftSockets {
    private static boolean streamsInstalled; // guarded by the class
    private static boolean serversInstalled; // guarded by the class

    private WeftSockets() {}

    /**
     * Returns the factory of sockets, which is a singleton. Any thread. Its methods that connect wait until the operating system
     * gives up; {@code createSocket()} returns a socket that can be connected with a timeout.
     */
    public static SocketFactory socketFactory() {
        return WeftSocketFactory.INSTANCE;
    }

    /**
     * Returns the factory of server sockets, which is a singleton. Accepted connections are like the sockets of {@link
     * #socketFactory}. Any thread.
     */
    public static ServerSocketFactory serverSocketFactory() {
        return WeftServerSocketFactory.INSTANCE;
    }

    /**
     * Replaces the implementation of every subsequent {@code new Socket()} and {@code new ServerSocket()} in the JVM, including
     * those in libraries. The JDK does not allow this to be undone. A second call has no effect. Any thread.
     *
     * @throws IllegalStateException if another factory is already set; the message names the class that it creates
     */
    @SuppressWarnings("deprecation") // the JDK deprecates these hooks but has no others
    public static synchronized void installForJvm() {
        try {
            if (!streamsInstalled) {
                Socket.setSocketImplFactory(StreamSocket::new);
                streamsInstalled = true;
            }
        } catch (SocketException e) {
            throw alreadySet(
                    "Socket.setSocketImplFactory(...) has already been called, with a factory that creates "
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
            throw alreadySet("ServerSocket.setSocketFactory(...) has already been called", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static IllegalStateException alreadySet(String problem, SocketException cause) {
        return new IllegalStateException(
                problem + "; a JVM has only one such factory; remove that call, or pass the factories of WeftSockets"
                        + " to the libraries that accept one",
                cause);
    }
}
