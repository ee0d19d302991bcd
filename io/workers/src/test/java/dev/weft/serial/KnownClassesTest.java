package dev.weft.serial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Serializable;
import java.io.StreamCorruptedException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The descriptions of known classes do not travel. */
final class KnownClassesTest {
    private static final Serializer SERIALIZER =
            Serializer.builder().allow(KnownClassesTest.class).build();

    private interface Job<T> extends Callable<T>, Serializable {}

    static List<Class<?>> all() {
        return KnownClasses.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    void eachIsFoundByItsNumber(Class<?> type) throws StreamCorruptedException {
        assertSame(type, KnownClasses.description(KnownClasses.numberOf(type)).forClass());
    }

    @ParameterizedTest
    @MethodSource("all")
    void eachIsAlwaysAllowed(Class<?> type) {
        assertTrue(AllowList.of(List.of(), List.of()).allows(type));
    }

    @ParameterizedTest
    @MethodSource("all")
    void theSerialisedFormOfEachIsItsFields(Class<?> type) {
        assertTrue(Serializable.class.isAssignableFrom(type));
        assertFalse(Arrays.stream(type.getDeclaredMethods())
                .anyMatch(method -> method.getName().equals("writeObject")
                        || method.getName().equals("writeExternal")));
    }

    @Test
    void aLambdaTravelsWithoutTheirDescriptions() throws Exception {
        int number = 41;
        Job<Integer> job = () -> number + 1;
        byte[] bytes = SERIALIZER.write(job);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        assertFalse(text.contains("capturingClass"), text);
        assertFalse(text.contains("java.lang.Number"), text);
        assertEquals(42, ((Job<?>) Objects.requireNonNull(SERIALIZER.read(bytes))).call());
    }

    @Test
    void anUnknownNumberIsRefused() {
        byte[] bytes = HexFormat.of().parseHex("aced00057372ff7870");
        Malformed refusal = assertThrows(Malformed.class, () -> SERIALIZER.read(bytes));
        assertTrue(String.valueOf(refusal.getMessage()).contains("class number 255"), refusal::getMessage);
    }
}
