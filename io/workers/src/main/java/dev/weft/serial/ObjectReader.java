package dev.weft.serial;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads one object graph. Refuses a class that is not allowed before an object of it exists, and an array that the bytes cannot fill. */
final class ObjectReader extends ObjectInputStream {
    private static final Map<String, Class<?>> PRIMITIVES = Stream.of(
                    boolean.class,
                    byte.class,
                    char.class,
                    double.class,
                    float.class,
                    int.class,
                    long.class,
                    short.class,
                    void.class)
            .collect(Collectors.toUnmodifiableMap(Class::getName, Function.identity()));
    private static final int LARGEST_EMPTY_TABLE = 64; // of a collection that was written without elements
    private static final int SLOTS_PER_BYTE = 4; // of a collection's table

    /** The bytes, and how many of them have been read. */
    private static final class Input extends ByteArrayInputStream {
        Input(byte[] bytes) {
            super(bytes);
        }

        int position() {
            return pos;
        }
    }

    /** Thrown when the bytes must not be read on; {@link #failure} adds where it is. */
    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Function<Place, SerializationFailed> failure;

        Refusal(Function<Place, SerializationFailed> failure) {
            super("refused", null, false, false);
            this.failure = failure;
        }
    }

    private final byte[] bytes;
    private final Input input;
    private final AllowList allowed;
    private final Substitution substitution;
    private final ClassLoader loader;
    private final int maxDepth;

    private ObjectReader(
            byte[] bytes, Input input, AllowList allowed, Substitution substitution, ClassLoader loader, int maxDepth)
            throws IOException {
        super(input);
        this.bytes = bytes;
        this.input = input;
        this.allowed = allowed;
        this.substitution = substitution;
        this.loader = loader;
        this.maxDepth = maxDepth;
        enableResolveObject(substitution != Substitution.NONE);
        setObjectInputFilter(this::check);
    }

    /** Returns the object that {@code bytes} were written from. */
    static @Nullable Object read(
            byte[] bytes, AllowList allowed, Substitution substitution, ClassLoader loader, int maxDepth) {
        Input input = new Input(bytes);
        try {
            ObjectReader reader = new ObjectReader(bytes, input, allowed, substitution, loader, maxDepth);
            Object root = reader.readObject();
            if (input.available() > 0) {
                throw new Malformed(input.available() + " bytes follow the object", new Place("the message", ""), null);
            }
            return root;
        } catch (SerializationFailed e) {
            throw e;
        } catch (Exception | StackOverflowError | LinkageError e) {
            throw failure(e, bytes, input.position());
        }
    }

    private static SerializationFailed failure(Throwable thrown, byte[] bytes, int position) {
        byte[] read = Arrays.copyOf(bytes, Math.max(0, position - 1)); // within what was being read
        Place place = FieldPath.at(read, "the message");
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof Refusal refusal) {
                return refusal.failure.apply(place);
            }
        }
        if (thrown instanceof StackOverflowError) {
            return new LimitExceeded("read", "it is nested deeper than the stack allows", place, thrown);
        }
        return new Malformed(thrown.toString(), place, thrown);
    }

    @Override
    protected ObjectStreamClass readClassDescriptor() throws IOException, ClassNotFoundException {
        int number = readUnsignedByte();
        return number == KnownClasses.OTHER ? super.readClassDescriptor() : KnownClasses.description(number);
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description) {
        Class<?> known = description.forClass();
        if (known != null) {
            return known;
        }
        Class<?> type = load(description.getName());
        requireAllowed(type);
        return type;
    }

    @Override
    protected Class<?> resolveProxyClass(String[] names) {
        Class<?>[] faces = new Class<?>[names.length];
        for (int i = 0; i < names.length; i++) {
            faces[i] = load(names[i]);
            requireAllowed(faces[i]);
        }
        return Proxy.newProxyInstance(loader, faces, (proxy, method, arguments) -> null)
                .getClass();
    }

    private Class<?> load(String name) {
        Class<?> primitive = PRIMITIVES.get(name);
        if (primitive != null) {
            return primitive;
        }
        try {
            return Class.forName(name, false, loader);
        } catch (ClassNotFoundException | LinkageError e) {
            throw new Refusal(place ->
                    new Malformed("the class is not on this JVM's class path; add it there", place.ofType(name), e));
        }
    }

    private void requireAllowed(Class<?> type) {
        if (!allowed.allows(type)) {
            Class<?> element = type;
            while (element.isArray()) {
                element = element.componentType();
            }
            String name = element.getName();
            throw new Refusal(place -> new NotAllowed("read", place.ofType(name)));
        }
    }

    @Override
    protected @Nullable Object resolveObject(Object object) {
        return substitution.incoming(object);
    }

    private ObjectInputFilter.Status check(ObjectInputFilter.FilterInfo info) {
        if (info.depth() > maxDepth) {
            throw new Refusal(place -> new LimitExceeded(
                    "read", "it is nested deeper than " + maxDepth + "; raise maxDepth", place, null));
        }
        long slots = LARGEST_EMPTY_TABLE + SLOTS_PER_BYTE * (long) (bytes.length - input.position());
        if (info.arrayLength() > slots) {
            throw new Refusal(place -> new Malformed(
                    "an array of " + info.arrayLength() + " elements is longer than the message", place, null));
        }
        return ObjectInputFilter.Status.ALLOWED;
    }
}
