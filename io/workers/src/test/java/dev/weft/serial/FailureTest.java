package dev.weft.serial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.example.Rejected;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Failures come back whole. */
final class FailureTest {
    private static final Serializer ALL =
            Serializer.builder().allow(Rejected.class).build();
    private static final Serializer NONE = Serializer.builder().build();

    /** Cannot be written. */
    private static final class Holder extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("serial") // on purpose
        private final Object held;

        Holder(String message, Object held, @Nullable Throwable cause) {
            super(message, cause);
            this.held = held;
        }

        @Override
        @SuppressWarnings("OverrideThrowableToString") // that is what is tested
        public String toString() {
            return "holder of " + held.getClass().getSimpleName() + ": " + getMessage();
        }
    }

    private static Throwable copy(Serializer serializer, Throwable failure) {
        return serializer.readFailure(serializer.writeFailure(failure));
    }

    private static String printed(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    @Test
    void anAllowedFailureComesBackWhole() {
        Rejected failure = new Rejected("no", List.of("a", "b"), new IOException("disk", new Error("bottom")));
        failure.addSuppressed(new IllegalStateException("close"));
        Rejected copy = assertInstanceOf(Rejected.class, copy(ALL, failure));
        assertEquals("no", copy.getMessage());
        assertEquals(List.of("a", "b"), copy.fields());
        assertArrayEquals(failure.getStackTrace(), copy.getStackTrace());
        assertInstanceOf(IOException.class, copy.getCause());
        assertEquals(printed(failure), printed(copy));
    }

    @Test
    void exceptionsOfTheJdkAreAllowed() {
        for (Throwable failure : List.of(
                new IOException("x"),
                new StackOverflowError(),
                new OutOfMemoryError("heap"),
                new ArrayIndexOutOfBoundsException(3),
                new java.util.concurrent.TimeoutException(),
                new dev.weft.Cancelled("killed", null),
                new AssertionError(5))) {
            Throwable copy = copy(NONE, failure);
            assertSame(failure.getClass(), copy.getClass());
            assertEquals(printed(failure), printed(copy));
        }
    }

    @Test
    void aFailureThatIsNotAllowedKeepsItsTextAndFrames() {
        Rejected failure = new Rejected("no", List.of(), new IOException("disk"));
        failure.addSuppressed(new IllegalStateException("close"));
        RemoteFailure copy = assertInstanceOf(RemoteFailure.class, copy(NONE, failure));
        assertEquals(Rejected.class.getName(), copy.type());
        assertEquals("no", copy.getMessage());
        assertEquals(printed(failure), printed(copy));
        assertInstanceOf(IOException.class, copy.getCause());
        assertInstanceOf(IllegalStateException.class, copy.getSuppressed()[0]);
    }

    @Test
    void aFailureThatCannotBeWrittenKeepsItsTextAndFrames() {
        Throwable failure = new IOException("outer", new Holder("inner", new Object(), new Error("bottom")));
        Throwable copy = copy(ALL, failure);
        assertInstanceOf(IOException.class, copy);
        assertInstanceOf(RemoteFailure.class, copy.getCause());
        assertInstanceOf(Error.class, copy.getCause().getCause());
        assertEquals(printed(failure), printed(copy));
    }

    @Test
    void aFailureThatOnlyTheWriterAllowsKeepsItsTextAndFrames() {
        Throwable failure = new Rejected("no", List.of(), new IOException("disk"));
        Throwable copy = NONE.readFailure(ALL.writeFailure(failure));
        assertEquals(
                Rejected.class.getName(),
                assertInstanceOf(RemoteFailure.class, copy).type());
        assertEquals(printed(failure), printed(copy));
    }

    @Test
    void aFailureWhoseClassTheReaderDoesNotHaveKeepsItsTextAndFrames() {
        Rejected failure = new Rejected("no", List.of(), new IOException("disk"));
        String bytes = new String(ALL.writeFailure(failure), StandardCharsets.ISO_8859_1);
        byte[] renamed = bytes.replace("example.Rejected", "example.Renamed_").getBytes(StandardCharsets.ISO_8859_1);
        RemoteFailure copy = assertInstanceOf(RemoteFailure.class, ALL.readFailure(renamed));
        assertEquals("com.example.Renamed_", copy.type());
        assertArrayEquals(failure.getStackTrace(), copy.getStackTrace());
    }

    @Test
    void cyclesOfCausesStay() {
        for (Serializer serializer : List.of(ALL, NONE)) {
            Exception first = new Rejected("first", List.of(), null);
            Exception second = new Rejected("second", List.of(), first);
            first.addSuppressed(second);
            second.addSuppressed(first);
            Throwable copy = copy(serializer, second);
            assertSame(copy, Objects.requireNonNull(copy.getCause()).getSuppressed()[0]);
            assertSame(copy.getCause(), copy.getSuppressed()[0]);
            assertEquals(printed(second), printed(copy));
        }
    }

    @Test
    void aCauseWithinACycleThatCannotBeWrittenIsReplacedEverywhere() {
        Throwable first = new Holder("first", new Object(), null);
        Exception second = new IllegalStateException("second", first);
        first.addSuppressed(second);
        second.addSuppressed(first);
        Throwable copy = copy(ALL, second);
        assertInstanceOf(IllegalStateException.class, copy);
        assertInstanceOf(RemoteFailure.class, copy.getCause());
        assertSame(copy.getCause(), copy.getSuppressed()[0]);
        assertSame(copy, Objects.requireNonNull(copy.getCause()).getSuppressed()[0]);
    }

    @Test
    void longChainsOfCausesComeBack() {
        Throwable failure = new IOException("0");
        for (int i = 1; i < 900; i++) {
            failure = new IOException(String.valueOf(i), failure);
        }
        Throwable copy = copy(NONE, failure);
        int length = 0;
        for (Throwable t = copy; t != null; t = t.getCause()) {
            assertEquals(String.valueOf(899 - length), t.getMessage());
            length++;
        }
        assertEquals(900, length);
    }

    @Test
    void endlessChainsOfCausesAreCut() {
        Throwable failure = new IOException("0");
        for (int i = 1; i < 100_000; i++) {
            failure = new IOException(String.valueOf(i), failure);
            failure.setStackTrace(new StackTraceElement[0]);
        }
        assertEquals("99999", copy(NONE, failure).getMessage());
    }

    @Test
    void aFailureThatFailsToTellAboutItselfComesBack() {
        Throwable hostile = new RuntimeException() {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
                throw new IllegalStateException("no message");
            }

            @Override
            public synchronized Throwable getCause() {
                throw new IllegalStateException("no cause");
            }
        };
        RemoteFailure copy = assertInstanceOf(RemoteFailure.class, copy(NONE, hostile));
        assertEquals(hostile.getClass().getName(), copy.toString());
        assertArrayEquals(hostile.getStackTrace(), copy.getStackTrace());
    }

    @Test
    void theCallSiteIsShown() {
        Throwable copy = CallSite.of("the task").addTo(copy(NONE, new IOException("disk")));
        StackTraceElement here = copy.getSuppressed()[0].getStackTrace()[0];
        assertEquals("theCallSiteIsShown", here.getMethodName());
        assertTrue(printed(copy).contains("the task was called here"), () -> printed(copy));
        assertNotNull(copy.getStackTrace());
    }
}
