package dev.weft.cluster;

import dev.weft.Greenlet;
import dev.weft.Outcome;
import dev.weft.Weft;
import dev.weft.serial.SerializationFailed;
import dev.weft.spi.Sneaky;
import org.jspecify.annotations.Nullable;

/**
 * How a target of a reference has ended, for those who watch it.
 *
 * @param way how
 * @param why what it failed with, or the origin of its cancellation; null if it returned
 */
record Down(Way way, @Nullable Throwable why) {
    /** The ways to end. */
    enum Way {
        RETURNED(1),
        FAILED(2),
        CANCELLED(3),
        /** It had ended before it was watched. */
        GONE(4);

        private final byte code;

        Way(int code) {
            this.code = (byte) code;
        }

        static Way of(byte code) {
            for (Way way : values()) {
                if (way.code == code) {
                    return way;
                }
            }
            throw new FrameReader.Garbled("nothing ends in way " + code);
        }
    }

    static final Down RETURNED = new Down(Way.RETURNED, null);
    static final Down GONE = new Down(Way.GONE, null);

    static Down failed(Throwable why) {
        return new Down(Way.FAILED, why);
    }

    static Down of(Outcome<?> outcome) {
        return switch (outcome) {
            case Outcome.Returned<?> returned -> RETURNED;
            case Outcome.Failed<?> failed -> failed(failed.failure());
            case Outcome.Cancelled<?> cancelled -> new Down(Way.CANCELLED, origin(cancelled.cause()));
        };
    }

    /** Returns the exception that was created at the place of a kill, which has its reason as its message. */
    static Throwable origin(Throwable cancelled) {
        Throwable origin = cancelled.getCause();
        return origin == null ? cancelled : origin;
    }

    FrameWriter write(Session session, long number, Values values) {
        byte[] failure = why == null ? new byte[0] : values.writeFailure(why);
        return session.frame(Subject.REFERENCES, 16 + failure.length)
                .putByte(References.DOWN)
                .putLong(number)
                .putByte(way.code)
                .putRaw(failure);
    }

    static Down read(FrameReader frame, Values values) {
        Way way = Way.of(frame.getByte());
        return new Down(way, frame.hasMore() ? readFailure(frame, values) : null);
    }

    /** Returns the failure in the rest of {@code frame}, or the one to read it. */
    static Throwable readFailure(FrameReader frame, Values values) {
        try {
            return values.readFailure(frame);
        } catch (SerializationFailed e) {
            return e;
        }
    }

    /** Ends the calling greenlet in the same way as the target. */
    void imitate(String target) {
        switch (way) {
            case RETURNED -> {}
            case FAILED -> throw Sneaky.rethrow(why == null ? new TargetEnded(target) : why);
            case CANCELLED -> {
                kill(Greenlet.current(), why);
                Weft.checkCancelled();
            }
            case GONE -> throw new TargetEnded(target);
        }
    }

    /** Kills {@code greenlet} with the reason and the cause of {@code origin}. */
    static void kill(Greenlet<?> greenlet, @Nullable Throwable origin) {
        String reason = origin == null || origin.getMessage() == null ? "killed" : origin.getMessage();
        Throwable cause = origin == null ? null : origin.getCause();
        if (cause == null) {
            greenlet.kill(reason);
        } else {
            greenlet.kill(reason, cause);
        }
    }
}
