package dev.weft.sight;

import dev.weft.LoopGroup;
import dev.weft.observe.Observer;
import dev.weft.sight.console.ConsoleServer;
import dev.weft.sight.console.Permission;
import java.net.URI;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/**
 * A live view of a {@link LoopGroup} in the browser: its loops, its greenlets and what they wait for, deadlocks, lints.
 *
 * <pre>{@code
 * try (LoopGroup group = LoopGroup.open(2); Console console = Console.open(group)) {
 *     System.out.println("console: " + console.uri());
 *     ...
 * }
 * }</pre>
 *
 * <p>It listens on the loopback address only. The address of the page contains a random token of 128 bits, without which
 * nothing is served. Whoever knows it sees names, stacks and peers of the program, so treat it as a password. Pages
 * of other origins cannot read it, frame it or make it act, even with the token. It changes nothing in the program, unless
 * {@link Builder#allowKill} or {@link Builder#allowLeakSearch} permits it. To use it from another machine, forward its port
 * by SSH.
 *
 * <p>The console runs on threads of its own, which are daemons, and never on a loop. So it also shows a loop that hangs. While
 * no page is visible it computes nothing. While one is, a thread reads what the loops write anyway, once a second; greenlets only
 * while they are looked at, and some seconds apart if that takes long: 100,000 take some tenths of a second. The timeline
 * records the slices of at least a millisecond with the flight recorder, while it is looked at.
 *
 * <p>All methods may be called from any thread. The console closes a second after its group has closed, or by {@link #close}.
 */
public final class Console implements AutoCloseable {
    private final ConsoleServer server;

    private Console(ConsoleServer server) {
        this.server = server;
    }

    /**
     * Opens a console of {@code group} on a free port.
     *
     * @throws java.io.UncheckedIOException if it cannot listen
     */
    public static Console open(LoopGroup group) {
        return builder().open(group);
    }

    /** Returns a builder with the default settings. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the address of the page, with the token. */
    public URI uri() {
        return server.uri();
    }

    /** Stops listening; open pages say that the console has closed. Has no effect if it is closed. */
    @Override
    public void close() {
        server.close();
    }

    /** Returns its address without the token, so that it may be logged. */
    @Override
    public String toString() {
        return "Console[" + uri().getAuthority() + "]";
    }

    /** A builder of consoles. Not thread-safe. */
    public static final class Builder {
        private static final int MOST_PORT = 65_535;

        private int port;
        private final Set<Permission> permissions = EnumSet.noneOf(Permission.class);

        private Builder() {}

        /** Sets the port on the loopback address; 0, the default, for a free one. */
        public Builder port(int number) {
            if (number < 0 || number > MOST_PORT) {
                throw new IllegalArgumentException("a port is from 0 (a free one) to " + MOST_PORT + ": " + number);
            }
            port = number;
            return this;
        }

        /** Lets the page kill greenlets; not allowed by default. */
        public Builder allowKill() {
            permissions.add(Permission.KILL);
            return this;
        }

        /**
         * Lets the page search for leaked greenlets; not allowed by default. A search stops the program while its heap is
         * written to a temporary file, which takes about a second for each gigabyte.
         */
        public Builder allowLeakSearch() {
            permissions.add(Permission.SEARCH_LEAKS);
            return this;
        }

        /**
         * Opens a console of {@code group}.
         *
         * @throws java.io.UncheckedIOException if it cannot listen on the port
         */
        public Console open(LoopGroup group) {
            Objects.requireNonNull(group, "group");
            return new Console(ConsoleServer.start(Observer.of(group), port, permissions));
        }
    }
}
