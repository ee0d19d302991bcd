package dev.weft.serial;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** Writes one object graph and refuses what is not allowed, with the place where it was found. */
final class ObjectWriter extends ObjectOutputStream {
    private final BoundedBytes bytes;
    private final AllowList allowed;
    private final Substitution substitution;

    private ObjectWriter(BoundedBytes bytes, AllowList allowed, Substitution substitution) throws IOException {
        super(bytes);
        this.bytes = bytes;
        this.allowed = allowed;
        this.substitution = substitution;
        enableReplaceObject(true);
    }

    /** Returns the bytes of {@code root}. */
    static byte[] write(@Nullable Object root, AllowList allowed, Substitution substitution, int maxBytes) {
        BoundedBytes bytes = new BoundedBytes(maxBytes);
        try {
            ObjectWriter writer = new ObjectWriter(bytes, allowed, substitution);
            try {
                writer.writeObject(root);
                writer.flush();
                return bytes.toByteArray();
            } catch (Exception | StackOverflowError e) {
                throw writer.failure(e, root, maxBytes);
            }
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory cannot be written", e);
        }
    }

    /** Thrown when an object must not be written; {@link #failure} adds where it is. */
    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Class<?> type;
        private final boolean serializable;

        Refusal(Class<?> type, boolean serializable) {
            super(type.getName(), null, false, false);
            this.type = type;
            this.serializable = serializable;
        }
    }

    @Override
    protected @Nullable Object replaceObject(Object object) {
        @Nullable Object written = substitution.outgoing(object);
        if (written != null && !(written instanceof Serializable)) {
            throw new Refusal(written.getClass(), false);
        }
        return written;
    }

    @Override
    protected void writeClassDescriptor(ObjectStreamClass description) throws IOException {
        int number = KnownClasses.numberOf(description.forClass());
        writeByte(number);
        if (number == KnownClasses.OTHER) {
            super.writeClassDescriptor(description);
        }
    }

    @Override
    protected void annotateClass(Class<?> type) {
        if (!allowed.allows(type)) {
            throw new Refusal(type, true);
        }
    }

    @Override
    protected void annotateProxyClass(Class<?> type) {
        for (Class<?> face : type.getInterfaces()) {
            annotateClass(face);
        }
    }

    private SerializationFailed failure(Throwable thrown, @Nullable Object root, int maxBytes) {
        Place place = place(root);
        if (thrown instanceof Refusal refusal) {
            return refusal.serializable
                    ? new NotAllowed(
                            "send", place.ofType(elementOf(refusal.type).getName()))
                    : notSerializable(refusal.type, place);
        }
        if (thrown instanceof BoundedBytes.Full) {
            String reason = "it needs more than " + maxBytes
                    + " bytes; raise maxBytes, or share the data instead of sending it";
            return new LimitExceeded("send", reason, place, null);
        }
        if (thrown instanceof StackOverflowError) {
            String reason = "it is nested deeper than the stack allows; send a collection instead of linked objects";
            return new LimitExceeded("send", reason, place, null);
        }
        return new NotSerializable("its own code for serialisation threw " + thrown, place, thrown);
    }

    private Place place(@Nullable Object root) {
        try {
            drain();
        } catch (IOException | RuntimeException e) {
            // the place is then that of the last byte which was written
        }
        String type = root == null ? "null" : root.getClass().getName();
        return FieldPath.at(bytes.toByteArray(), type);
    }

    private static Class<?> elementOf(Class<?> type) {
        return type.isArray() ? elementOf(type.componentType()) : type;
    }

    private static NotSerializable notSerializable(Class<?> type, Place place) {
        int lambda = type.getName().indexOf("$$Lambda");
        if (type.isHidden() && lambda > 0) {
            String owner = type.getName().substring(0, lambda);
            return new NotSerializable(
                    "the lambda's interface is not java.io.Serializable; assign it to one that is, or cast it with"
                            + " (" + type.getInterfaces()[0].getSimpleName() + " & Serializable)",
                    place.ofType("a lambda of " + owner),
                    null);
        }
        return new NotSerializable(
                "the class does not implement java.io.Serializable; let it, make the field transient, or send what it is made from",
                place.ofType(type.getName()),
                null);
    }
}
