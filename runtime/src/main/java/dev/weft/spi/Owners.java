package dev.weft.spi;

import dev.weft.Awaitable;
import dev.weft.Greenlet;
import java.util.Collection;
import java.util.List;

/**
 * What an {@link Awaitable} knows of a wait for it: of what kind it is, which resource it is for, and who could end it. From
 * this the runtime draws the wait-for graph and finds greenlets that can never proceed, as Go's and the JVM's deadlock finders
 * do for locks alone.
 *
 * <p>Created on an observer's thread while the loop runs, so what it holds is a snapshot of values that may be changing.
 *
 * @param kind the kind of wait
 * @param rule how {@code members} are to be read
 * @param resource what is waited for; its {@code toString} completes "waits for". May implement {@link Measured}
 * @param members the owners, as {@code rule} says
 * @param creator for {@link Rule#RECENT}: the {@link Thread#threadId} of the greenlet that created the resource; 0 if it was
 *     created outside greenlets
 */
public record Owners(Kind kind, Rule rule, Object resource, List<?> members, long creator) {
    /** The kinds of waits. */
    public enum Kind {
        /** For a time. */
        SLEEP,
        /** For the end of a greenlet. */
        JOIN,
        /** For the ends of a scope's children. */
        SCOPE,
        /** For the other side of a channel. */
        CHANNEL,
        /** For the first of several. */
        SELECT,
        /** For an event, a flag or a changed value. */
        EVENT,
        /** For a token of a limiter. */
        LIMITER,
        /** For a place in a pool, a pooled resource, or a pool's result. */
        POOL,
        /** For a lock or monitor of the JDK. */
        LOCK,
        /** For a peer, in a socket's read, write or connect. */
        SOCKET,
        /** For a new connection. */
        ACCEPT,
        /** For an off-loaded call, or a thread for one. */
        OFFLOAD,
        /** For a stage or future. */
        STAGE,
        /** Inside the JDK or a library. */
        JDK,
        /** Anything else. */
        OTHER
    }

    /** What is known of those who could end the wait. */
    public enum Rule {
        /** It ends once all members have: greenlets, or awaitables that depend on further ones. */
        ALL,
        /** It ends once one of the members proceeds; there are no others. None given: they are not known. */
        ANY,
        /**
         * It is ended by one that uses the other side of the resource. The members are the {@link Thread#threadId}s of all
         * greenlets that have done so. Another one may come, which must have the resource from its creator.
         */
        RECENT,
        /** Anything in the program may end it. */
        UNKNOWN,
        /** It is ended from outside: by a timer, a peer, a device, another thread. */
        OUTSIDE
    }

    /** Makes an unmodifiable copy of the members. */
    public Owners {
        members = List.copyOf(members);
    }

    /** It ends once all of {@code members}, {@link Greenlet}s, have ended. */
    public static Owners all(Kind kind, Object resource, Collection<? extends Greenlet<?>> members) {
        return new Owners(kind, Rule.ALL, resource, List.copyOf(members), 0);
    }

    /** It ends once one of {@code holders} gives something back. An empty collection: the holders are not known for certain. */
    public static Owners holders(Kind kind, Object resource, Collection<? extends Greenlet<?>> holders) {
        return new Owners(kind, Rule.ANY, resource, List.copyOf(holders), 0);
    }

    /** It ends once the first of {@code alternatives} does. */
    public static Owners first(Object resource, Collection<? extends Awaitable<?>> alternatives) {
        return new Owners(Kind.SELECT, Rule.ANY, resource, List.copyOf(alternatives), 0);
    }

    /** It ends when one uses the other side of the resource; {@code users} are all that have so far, at least one. */
    public static Owners recent(Kind kind, Object resource, Collection<Long> users, long creator) {
        return new Owners(kind, users.isEmpty() ? Rule.UNKNOWN : Rule.RECENT, resource, List.copyOf(users), creator);
    }

    /** It may be ended by anything in the program. */
    public static Owners unknown(Kind kind, Object resource) {
        return new Owners(kind, Rule.UNKNOWN, resource, List.of(), 0);
    }

    /** It is ended from outside the program's greenlets. */
    public static Owners outside(Kind kind, Object resource) {
        return new Owners(kind, Rule.OUTSIDE, resource, List.of(), 0);
    }
}
