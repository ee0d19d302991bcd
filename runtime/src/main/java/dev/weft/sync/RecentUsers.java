package dev.weft.sync;

import java.util.Arrays;
import java.util.List;

/**
 * The greenlets that have used one side of a resource, by the numbers of their threads, so that none is kept from being
 * collected. Once there are more than a few, or a thread is among them, anybody may come next, and none is known. Written on the
 * home's thread, read racily by observers.
 */
final class RecentUsers {
    /** The number of a user that is no greenlet. */
    static final long OUTSIDER = 0;

    private static final int MOST = 4;
    private static final long[] NONE = {};

    private long last = -1; // nearly always the one before is the next one too
    private long[] known = NONE; // replaced, never modified
    private boolean unlimited;

    /** Notes a use by the greenlet of the number {@code user}. */
    void note(long user) {
        if (user != last && !unlimited) {
            add(user);
        }
    }

    private void add(long user) {
        last = user;
        for (long each : known) {
            if (each == user) {
                return;
            }
        }
        if (user == OUTSIDER || known.length == MOST) {
            unlimited = true;
            known = NONE;
        } else {
            long[] more = Arrays.copyOf(known, known.length + 1);
            more[known.length] = user;
            known = more;
        }
    }

    /** Returns all users; empty if they are not known. Any thread. */
    List<Long> all() {
        return Arrays.stream(known).boxed().toList();
    }
}
