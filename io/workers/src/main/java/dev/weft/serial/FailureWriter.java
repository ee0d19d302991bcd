package dev.weft.serial;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Writes a failure as an object, with a {@link RemoteFailure} in place of each throwable that cannot be written. */
final class FailureWriter implements Substitution {
    private final Serializer serializer;

    private FailureWriter(Serializer serializer) {
        this.serializer = serializer;
    }

    static byte[] write(Throwable failure, Serializer serializer) {
        byte @Nullable [] object;
        try {
            object = serializer.with(new FailureWriter(serializer)).write(failure);
        } catch (SerializationFailed e) {
            object = null; // what it shows of itself can be written
        }
        return serializer.write(new SentFailure(RecordedFailure.graphOf(failure), object));
    }

    @Override
    public @Nullable Object outgoing(Object object) {
        if (!(object instanceof Throwable failure)) {
            return serializer.substitution().outgoing(object);
        }
        return canBeWritten(failure) ? failure : standIn(failure); // of which the stream keeps one for each
    }

    /** Returns whether {@code failure} itself can be written, without the throwables that it refers to. */
    private boolean canBeWritten(Throwable failure) {
        try {
            serializer.with(new Alone(failure, serializer.substitution())).write(failure);
            return true;
        } catch (SerializationFailed e) {
            return false;
        }
    }

    private static RemoteFailure standIn(Throwable failure) {
        return new RemoteFailure(RecordedFailure.of(failure))
                .linkedTo(RecordedFailure.causeOf(failure), Arrays.asList(failure.getSuppressed()));
    }

    /** Leaves out all throwables but one. */
    private record Alone(Throwable only, Substitution others) implements Substitution {
        @Override
        public @Nullable Object outgoing(Object object) {
            if (object instanceof Throwable) {
                return object == only ? object : null;
            }
            return others.outgoing(object);
        }
    }
}
