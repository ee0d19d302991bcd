package dev.weft.cluster;

import java.util.List;

/**
 * What nodes speak about: remote greenlets, references, channels, names. Confined to the cluster's loop. The methods are called by
 * the cluster's greenlet; they must not wait, or all else that comes would.
 */
interface Subject {
    /** The codes that say which subject a frame is about. */
    byte TASKS = 1;

    byte REFERENCES = 2;
    byte CHANNELS = 3;
    byte NAMES = 4;

    /** A session with another node has begun. */
    default void opened(Session session) {}

    /**
     * A frame about this subject has come. What comes of one session is in the order in which it was sent.
     *
     * @throws FrameReader.Garbled if it is none; the session ends then
     */
    void received(Session session, FrameReader frame);

    /** A session has ended, be it before it was open. Nothing more comes of it, and what is sent to it is dropped. */
    default void lost(Session session, NodeLost why) {}

    /** The nodes that this one has a session with may be others now, or the sessions; itself included, the oldest first. */
    default void viewed(List<Node> nodes) {}
}
