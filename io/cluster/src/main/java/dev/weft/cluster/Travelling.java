package dev.weft.cluster;

import java.io.Serializable;

/** An object that stays where it is when it is sent: a handle travels in its place, and becomes an object there again. */
interface Travelling {
    /** Returns what travels. Called when a message is written; must not wait. */
    Handle handle();

    /** What travels in place of an object. */
    interface Handle extends Serializable {
        /** Returns what the receiver gets. Called when a message is read; must not wait. */
        Object arriveAt(Cluster cluster);
    }
}
