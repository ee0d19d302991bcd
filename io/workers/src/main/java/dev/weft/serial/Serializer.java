package dev.weft.serial;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Turns objects into bytes for another JVM, and back. Immutable; any thread.
 *
 * <pre>{@code
 * Serializer serializer = Serializer.builder().allow(Order.class).allowPackage("com.acme.jobs").build();
 * byte[] bytes = serializer.write(order);
 * Order copy = (Order) serializer.read(bytes);
 * }</pre>
 *
 * <p>The bytes are those of Java object serialisation, so records, enums, lambdas of serialisable interfaces, cycles and shared
 * references work as there; only the descriptions of some classes of the JDK, such as that of lambdas, are numbers instead. Both
 * JVMs need the same classes, and lambdas the same compilation of them, and the same version of Weft.
 *
 * <p>Only classes on the allow-list are written and read: those that were added, the values, collections and dates of the JDK,
 * and the exceptions of the JDK and of Weft. This keeps a peer from making this JVM run the code of any other class on its class path. It does not
 * make an unknown peer harmless (nested sets take exponential time to hash), so authenticate peers.
 *
 * <p>An object that cannot be written or read gets a {@link SerializationFailed} that names its class, the fields that lead to
 * it, and the cure. {@linkplain #writeFailure Failures} can always be written.
 */
public final class Serializer {
    /** The default {@link Builder#maxBytes}. */
    public static final int MAX_BYTES = 64 * 1024 * 1024;

    /** The default {@link Builder#maxDepth}. */
    public static final int MAX_DEPTH = 500;

    private final AllowList allowed;
    private final int maxBytes;
    private final int maxDepth;
    private final ClassLoader loader;
    private final Substitution substitution;

    private Serializer(AllowList allowed, int maxBytes, int maxDepth, ClassLoader loader, Substitution substitution) {
        this.allowed = allowed;
        this.maxBytes = maxBytes;
        this.maxDepth = maxDepth;
        this.loader = loader;
        this.substitution = substitution;
    }

    /** Returns a builder that allows only what is always allowed. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a serializer that also replaces objects and handles as {@code substitution} says. */
    public Serializer with(Substitution substitution) {
        return new Serializer(
                allowed, maxBytes, maxDepth, loader, Objects.requireNonNull(substitution, "substitution"));
    }

    Substitution substitution() {
        return substitution;
    }

    /**
     * Returns the bytes of {@code object} and of what it refers to.
     *
     * @throws NotAllowed if a class is not on the allow-list
     * @throws NotSerializable if a class does not implement {@link java.io.Serializable}, or its own code for serialisation fails
     * @throws LimitExceeded if the graph takes more than the maximum number of bytes, or is too deep for the stack
     */
    public byte[] write(@Nullable Object object) {
        return ObjectWriter.write(object, allowed, substitution, maxBytes);
    }

    /**
     * Returns the object that {@code bytes} were written from.
     *
     * @throws NotAllowed if a class is not on the allow-list
     * @throws LimitExceeded if there are too many bytes, or the graph is too deep
     * @throws Malformed if the bytes are damaged, or a class is missing or rejects the values
     */
    public @Nullable Object read(byte[] bytes) {
        if (bytes.length > maxBytes) {
            throw new LimitExceeded(
                    "read",
                    "it has " + bytes.length + " bytes, which is more than " + maxBytes + "; raise maxBytes",
                    new Place("the message", ""),
                    null);
        }
        return ObjectReader.read(bytes, allowed, substitution, loader, maxDepth);
    }

    /**
     * Returns the bytes of {@code failure}, with its causes and suppressed exceptions. Never fails: a throwable whose class is
     * not allowed, or that cannot be written, is read as a {@link RemoteFailure}.
     */
    public byte[] writeFailure(Throwable failure) {
        return FailureWriter.write(failure, this);
    }

    /**
     * Returns the failure that {@code bytes} were written from, whole: class, message, frames, causes, suppressed. Where a class
     * cannot be read here it is a {@link RemoteFailure}.
     *
     * @throws Malformed if the bytes are not those of a failure
     */
    public Throwable readFailure(byte[] bytes) {
        if (!(read(bytes) instanceof SentFailure sent)) {
            throw new Malformed("it is not a failure", new Place("the message", ""), null);
        }
        try {
            if (sent.object() != null && read(sent.object()) instanceof Throwable failure) {
                return failure;
            }
        } catch (SerializationFailed e) {
            // what it showed of itself is left
        }
        try {
            return RecordedFailure.revive(sent.graph());
        } catch (RuntimeException e) {
            throw new Malformed("it is not a failure", new Place("the message", ""), e);
        }
    }

    /** The settings of a serializer. Must be used by one thread. */
    public static final class Builder {
        private final List<String> classes = new ArrayList<>();
        private final List<String> packages = new ArrayList<>();
        private int maxBytes = MAX_BYTES;
        private int maxDepth = MAX_DEPTH;
        private ClassLoader loader = ClassLoader.getSystemClassLoader();

        private Builder() {}

        /** Allows {@code types}, their superclasses, the classes nested in them, and the lambdas in their code. */
        public Builder allow(Class<?>... types) {
            for (Class<?> type : types) {
                for (Class<?> t = type; t != null; t = t.getSuperclass()) {
                    classes.add(t.getName());
                }
            }
            return this;
        }

        /** Allows the classes of a package, such as {@code com.acme.jobs}, but not those of packages below it. */
        public Builder allowPackage(String name) {
            packages.add(Objects.requireNonNull(name, "name"));
            return this;
        }

        /** Sets the maximum size of a message. The default is {@value Serializer#MAX_BYTES}. */
        public Builder maxBytes(int bytes) {
            maxBytes = requirePositive(bytes, "maxBytes");
            return this;
        }

        /** Sets the maximum number of objects that contain each other. The default is {@value Serializer#MAX_DEPTH}. */
        public Builder maxDepth(int depth) {
            maxDepth = requirePositive(depth, "maxDepth");
            return this;
        }

        /** Sets where classes are looked up. The default is the {@linkplain ClassLoader#getSystemClassLoader() system's}. */
        public Builder classLoader(ClassLoader classLoader) {
            loader = Objects.requireNonNull(classLoader, "classLoader");
            return this;
        }

        /** Returns the serializer. */
        public Serializer build() {
            return new Serializer(AllowList.of(classes, packages), maxBytes, maxDepth, loader, Substitution.NONE);
        }

        private static int requirePositive(int value, String name) {
            if (value < 1) {
                throw new IllegalArgumentException(name + " must be positive, not " + value);
            }
            return value;
        }
    }
}
