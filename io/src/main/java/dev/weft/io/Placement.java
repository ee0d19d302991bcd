package dev.weft.io;

import dev.weft.Loop;
import dev.weft.Weft;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Places the connections of a server on loops: each on the loop with the fewest connections. A connection is only offered to a
 * loop. If the loop has not taken the offer after 10 ms, it counts as late, and the connection moves to a loop that is not.
 * Late loops get no connections until they take an offer again, unless all loops are late.
 *
 * <p>Belongs to the loop that accepts. With a single loop it does nothing but count.
 */
final class Placement {
    private static final Duration PATIENCE = Duration.ofMillis(10);

    private final List<Place> places;
    private int next; // where the search begins, so that equals take turns
    private final ArrayDeque<Offer> offers = new ArrayDeque<>(); // the recent ones, oldest first
    private boolean watching;

    Placement(List<Loop> loops) {
        places = loops.stream().map(Place::new).toList();
    }

    /** A loop as a place for connections. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // the count is written only by the loop that accepts
    static final class Place {
        final Loop loop;
        private volatile int connections;
        private volatile boolean late;

        Place(Loop loop) {
            this.loop = loop;
        }

        void add() {
            connections++;
        }

        void remove() {
            connections--;
        }

        private boolean isBetterThan(Place other) {
            return late == other.late ? connections < other.connections : other.late;
        }
    }

    /** A connection that is offered to a loop. Either the loop takes it or the server withdraws it. */
    abstract static class Offer {
        private enum OfferState {
            OPEN,
            TAKEN,
            WITHDRAWN
        }

        final Place place;
        private final AtomicReference<OfferState> state = new AtomicReference<>(OfferState.OPEN);

        Offer(Place place) {
            this.place = place;
        }

        /** Takes the offer, unless it was withdrawn; returns whether it is taken. Called on the loop that got the offer. */
        final boolean take() {
            boolean taken = state.compareAndSet(OfferState.OPEN, OfferState.TAKEN) || state.get() == OfferState.TAKEN;
            place.late = false; // after the attempt, so that it ends what reconsider() has begun
            return taken;
        }

        private boolean isOpen() {
            return state.get() == OfferState.OPEN;
        }

        private boolean withdraw() {
            return state.compareAndSet(OfferState.OPEN, OfferState.WITHDRAWN);
        }

        /** Offers the connection to {@code other} instead. This offer has been withdrawn. Must not throw. */
        abstract void moveTo(Place other);
    }

    /** Returns the best place for a new connection. Costs a look at each loop. */
    Place choose() {
        int size = places.size();
        int best = next % size;
        for (int i = 1; i < size; i++) {
            int candidate = (next + i) % size;
            if (places.get(candidate).isBetterThan(places.get(best))) {
                best = candidate;
            }
        }
        next = best + 1;
        return places.get(best);
    }

    /** Watches {@code offer} until it is taken. */
    void watch(Offer offer) {
        if (places.size() > 1) {
            offers.add(offer);
            if (!watching) {
                watching = true;
                Weft.spawn("watch offers", this::moveLateOffers);
            }
        }
    }

    /** Stops watching the present offers, which stay where they are. */
    void leaveOffers() {
        offers.clear();
    }

    private void moveLateOffers() {
        try {
            while (!offers.isEmpty()) {
                int old = offers.size();
                Weft.sleep(PATIENCE);
                for (Offer offer; old > 0 && (offer = offers.poll()) != null; old--) {
                    if (offer.isOpen()) {
                        reconsider(offer);
                    }
                }
            }
        } finally {
            watching = false;
        }
    }

    /** Moves an offer that its loop has left open, if there is a better place. */
    private void reconsider(Offer offer) {
        offer.place.late = true;
        Place other = choose();
        if (!other.late && offer.withdraw()) {
            offer.moveTo(other);
        } else if (offer.isOpen()) {
            offers.add(offer); // all loops are late, so this one is as good as any
        } else {
            offer.place.late = false; // it has just taken the offer, perhaps before the flag was set
        }
    }

    /** Returns the number of connections on {@code loop}. Any thread. */
    int connections(Loop loop) {
        for (Place place : places) {
            if (place.loop == loop) {
                return place.connections;
            }
        }
        throw new IllegalArgumentException("not a loop of this server: " + loop + "; it serves on "
                + places.stream().map(place -> place.loop.name()).toList());
    }
}
