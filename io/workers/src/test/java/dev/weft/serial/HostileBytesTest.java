package dev.weft.serial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectStreamConstants;
import java.io.Serializable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever bytes arrive, the reader ends soon, with an object or a {@link SerializationFailed}. */
final class HostileBytesTest {
    private static final Serializer SERIALIZER =
            Serializer.builder().allow(HostileBytesTest.class).build();

    private enum Colour {
        RED
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Cargo(String name, int[] numbers, Map<String, Object> more) implements Serializable {}

    private static byte[] example() {
        Runnable lambda = (Runnable & Serializable) () -> {};
        Map<String, Object> more = new HashMap<>();
        more.put("colour", Colour.RED);
        more.put("list", List.of(1L, "two", 3.0));
        more.put("lambda", lambda);
        more.put("failure", new IllegalStateException("no", new IOException("why")));
        return SERIALIZER.write(new Cargo("name", new int[] {1, 2, 3}, more));
    }

    private static void readAnything(byte[] bytes) {
        try {
            SERIALIZER.read(bytes);
        } catch (SerializationFailed expected) {
            assertTrue(String.valueOf(expected.getMessage()).startsWith("cannot read "), expected::getMessage);
        }
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] bytes = example();
        for (int length = 0; length < bytes.length; length++) {
            byte[] truncated = Arrays.copyOf(bytes, length);
            assertThrows(SerializationFailed.class, () -> SERIALIZER.read(truncated));
        }
    }

    @Test
    void everyChangeOfAByteIsSurvived() {
        byte[] bytes = example();
        for (int i = 0; i < bytes.length; i++) {
            for (int change : new int[] {1, 0x7f, 0x80, 0xff}) {
                byte[] changed = bytes.clone();
                changed[i] ^= (byte) change;
                readAnything(changed);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void randomChangesAreSurvived(long seed) {
        Random random = new Random(seed);
        byte[] bytes = example();
        for (int round = 0; round < 2_000; round++) {
            byte[] changed = bytes.clone();
            for (int changes = 1 + random.nextInt(8); changes > 0; changes--) {
                changed[4 + random.nextInt(bytes.length - 4)] =
                        (byte) (random.nextBoolean() ? 0x70 + random.nextInt(16) : random.nextInt());
            }
            readAnything(changed);
        }
    }

    @Test
    void randomBytesAreRefused() {
        Random random = new Random(1);
        for (int round = 0; round < 1_000; round++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            assertThrows(SerializationFailed.class, () -> SERIALIZER.read(bytes));
            assertThrows(SerializationFailed.class, () -> SERIALIZER.readFailure(bytes));
        }
    }

    @Test
    void bytesAfterTheObjectAreRefused() {
        byte[] bytes = SERIALIZER.write("text");
        Malformed refusal =
                assertThrows(Malformed.class, () -> SERIALIZER.read(Arrays.copyOf(bytes, bytes.length + 3)));
        assertTrue(String.valueOf(refusal.getMessage()).contains("3 bytes follow"), refusal::getMessage);
    }

    @Test
    void anArrayThatTheBytesCannotFillIsNotAllocated() {
        byte[] bytes = SERIALIZER.write(new Cargo("name", new int[] {1, 2, 3}, Map.of()));
        int length = indexOf(bytes, new byte[] {0, 0, 0, 3, 0, 0, 0, 1});
        bytes[length] = 0x7f;
        Malformed refusal = assertThrows(Malformed.class, () -> SERIALIZER.read(bytes));
        assertEquals("Cargo.numbers", refusal.path());
        assertTrue(String.valueOf(refusal.getMessage()).contains("longer than the message"), refusal::getMessage);
    }

    private static int indexOf(byte[] bytes, byte[] pattern) {
        for (int i = 0; ; i++) {
            if (Arrays.equals(bytes, i, i + pattern.length, pattern, 0, pattern.length)) {
                return i;
            }
        }
    }

    @Test
    void aMissingClassIsNamed() {
        byte[] bytes = new String(SERIALIZER.write(Colour.RED), java.nio.charset.StandardCharsets.ISO_8859_1)
                .replace("$Colour", "$Cxxxxx")
                .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        Malformed refusal = assertThrows(Malformed.class, () -> SERIALIZER.read(bytes));
        assertEquals(HostileBytesTest.class.getName() + "$Cxxxxx", refusal.type());
        assertTrue(String.valueOf(refusal.getMessage()).contains("class path"), refusal::getMessage);
    }

    @Test
    void classDescriptionsNestedWithoutEndAreRefused() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeShort(ObjectStreamConstants.STREAM_MAGIC);
            out.writeShort(ObjectStreamConstants.STREAM_VERSION);
            out.writeByte(ObjectStreamConstants.TC_OBJECT);
            for (int i = 0; i < 100_000; i++) {
                out.writeByte(ObjectStreamConstants.TC_CLASSDESC);
                out.writeByte(KnownClasses.OTHER);
                out.writeUTF("java.util.ArrayList");
                out.writeLong(8683452581122892189L);
                out.writeByte(ObjectStreamConstants.SC_SERIALIZABLE);
                out.writeShort(0);
                out.writeByte(ObjectStreamConstants.TC_ENDBLOCKDATA);
            }
        }
        assertThrows(SerializationFailed.class, () -> SERIALIZER.read(bytes.toByteArray()));
    }

    @Test
    void aFailureWhoseLinksLeadNowhereIsRefused() {
        RecordedFailure lost = new RecordedFailure("X", "m", "X: m", new StackTraceElement[0], 7, new int[] {9});
        byte[] bytes = SERIALIZER.write(new SentFailure(new RecordedFailure[] {lost}, null));
        assertThrows(Malformed.class, () -> SERIALIZER.readFailure(bytes));
        assertThrows(Malformed.class, () -> SERIALIZER.readFailure(SERIALIZER.write("text")));
    }
}
