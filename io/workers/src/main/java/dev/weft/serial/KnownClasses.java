package dev.weft.serial;

import java.io.ObjectStreamClass;
import java.io.StreamCorruptedException;
import java.lang.invoke.SerializedLambda;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Classes of the JDK that a message names by a number. Their descriptions are the same in every JVM, and take longer to read than
 * their objects: that of a lambda is most of a small task. All are always allowed, and their serialised form is their fields.
 */
final class KnownClasses {
    /** The number of a class that is not one of them, and of which a description follows. */
    static final int OTHER = 0;

    private static final List<ObjectStreamClass> DESCRIPTIONS = Stream.of(
                    SerializedLambda.class,
                    Object[].class,
                    String[].class,
                    Enum.class,
                    Boolean.class,
                    Character.class,
                    Number.class,
                    Byte.class,
                    Short.class,
                    Integer.class,
                    Long.class,
                    Float.class,
                    Double.class,
                    boolean[].class,
                    byte[].class,
                    char[].class,
                    short[].class,
                    int[].class,
                    long[].class,
                    float[].class,
                    double[].class)
            .<ObjectStreamClass>map(ObjectStreamClass::lookup)
            .toList();

    private static final Map<Class<?>, Integer> NUMBERS = IntStream.range(0, DESCRIPTIONS.size())
            .boxed()
            .collect(Collectors.toUnmodifiableMap(i -> DESCRIPTIONS.get(i).forClass(), i -> i + 1));

    private KnownClasses() {}

    /** Returns them all. */
    static List<Class<?>> all() {
        return DESCRIPTIONS.stream().<Class<?>>map(ObjectStreamClass::forClass).toList();
    }

    /** Returns the number of {@code type}, or {@link #OTHER}. */
    static int numberOf(Class<?> type) {
        return NUMBERS.getOrDefault(type, OTHER);
    }

    /** Returns the description of the class with a number that is not {@link #OTHER}. */
    static ObjectStreamClass description(int number) throws StreamCorruptedException {
        if (number > DESCRIPTIONS.size()) {
            throw new StreamCorruptedException("class number " + number);
        }
        return DESCRIPTIONS.get(number - 1);
    }
}
