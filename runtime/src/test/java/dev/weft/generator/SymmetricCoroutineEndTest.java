package dev.weft.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testing.Recorder;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How one ends, and who is told: results, failures and kills go to the parent. After the tests of Python's package. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SAME_THREAD) // the one that calls main()
class SymmetricCoroutineEndTest {
    private final Recorder recorder = new Recorder();
    private final SymmetricCoroutine<Object> main = SymmetricCoroutine.main();

    private static SymmetricCoroutine.Body<Object> returning(Object value) {
        return (self, first) -> value;
    }

    /** Switches to its parent once, records what is thrown there, and fails in the end. */
    private SymmetricCoroutine.Body<Object> failing() {
        return (self, first) -> {
            try {
                self.parent().switchTo("ready");
            } catch (Throwable t) {
                recorder.add(t.getClass().getSimpleName());
                throw t;
            }
            throw new ArithmeticException("the end");
        };
    }

    @Test
    void theResultOfAFinishedOneGoesToItsParentNotToTheLastSwitcher() {
        SymmetricCoroutine<Object> child = main.child(returning("result"));
        SymmetricCoroutine<Object> switcher = main.child((self, first) -> {
            recorder.add(child.switchTo(""));
            return "";
        });
        assertEquals("result", switcher.switchTo(""));
        recorder.assertHappened();
        assertFalse(switcher.isDone());
        switcher.switchTo("from main");
        recorder.assertHappened("from main");
    }

    @Test
    void theFailureOfAFinishedOneGoesToItsParentNotToTheLastSwitcher() {
        IOException failure = new IOException("checked");
        SymmetricCoroutine<Object> parent = main.child((self, first) -> {
            try {
                return main.switchTo("parent ready");
            } catch (Exception e) {
                recorder.add(e);
                return "parent caught it";
            }
        });
        SymmetricCoroutine<Object> child = parent.child((self, first) -> {
            throw failure;
        });
        assertEquals("parent ready", parent.switchTo(""));
        assertEquals("parent caught it", child.switchTo(""));
        recorder.assertHappened(failure);
    }

    @Test
    void aFailureGoesUpThroughParentsThatDoNotCatchIt() {
        SymmetricCoroutine<Object> g1 = main.child((self, first) -> {
            try {
                return main.switchTo("g1 ready");
            } catch (Throwable t) {
                recorder.add(t.getClass().getSimpleName());
                throw t;
            }
        });
        SymmetricCoroutine<Object> g2 = g1.child((self, first) -> {
            main.switchTo("g2 ready");
            throw new ArithmeticException("the end");
        });
        g1.switchTo("");
        g2.switchTo("");
        assertThrows(ArithmeticException.class, () -> g2.switchTo(""));
        recorder.assertHappened("ArithmeticException");
        assertEquals(25, g2.switchTo(25)); // both have ended, so main gets it
        assertTrue(g1.isDone());
    }

    @Test
    void aFailureOfTheBodyIsThrownInTheMainOne() {
        SymmetricCoroutine<Object> child = main.child(failing());
        assertEquals("ready", child.switchTo(""));
        assertEquals(
                "the end",
                assertThrows(ArithmeticException.class, () -> child.switchTo(""))
                        .getMessage());
        recorder.assertHappened();
    }

    @Test
    void aFailingChildThrowsIntoASuspendedParent() {
        SymmetricCoroutine<Object> parent = main.child(failing());
        parent.switchTo("");
        SymmetricCoroutine<Object> crasher = parent.child((self, first) -> {
            throw new IllegalArgumentException("from the child");
        });
        assertThrows(IllegalArgumentException.class, () -> crasher.switchTo(""));
        recorder.assertHappened("IllegalArgumentException");
        assertTrue(parent.isDone());
    }

    @Test
    void aSwitchToADeadOneGoesToItsNearestLiveAncestor() {
        SymmetricCoroutine<Object> ancestor = main.child((self, first) -> {
            Object got = main.switchTo("ancestor ready");
            return "ancestor got " + got;
        });
        SymmetricCoroutine<Object> dead =
                ancestor.child((self, first) -> "dead").child((self, first) -> "died");
        ancestor.switchTo("");
        main.child((self, first) -> first).switchTo("");
        assertEquals("ancestor got dead", dead.switchTo("")); // its parent gets "died", and its parent "dead"
        assertTrue(dead.isDone());
        assertEquals("to main", dead.switchTo("to main"));
    }

    @Test
    void theEndOfAChildStartsAParentThatNeverRan() {
        SymmetricCoroutine<Object> parent = main.child((self, first) -> List.of(first, 24));
        SymmetricCoroutine<Object> child = parent.child(returning(42));
        assertEquals(List.of(42, 24), child.switchTo(""));
        assertTrue(parent.isDone());
    }

    @Test
    void throwingIntoOneThatNeverRanEndsItAndGoesToItsParent() {
        SymmetricCoroutine.Body<Object> catching = (self, first) -> {
            try {
                return main.switchTo("ready to catch");
            } catch (IndexOutOfBoundsException e) {
                return "caught";
            }
        };
        SymmetricCoroutine.Body<Object> fromG2 = (self, first) -> main.switchTo("from g2");
        SymmetricCoroutine<Object> g1 = main.child(catching);
        SymmetricCoroutine<Object> g2 = g1.child(fromG2);
        assertThrows(IndexOutOfBoundsException.class, () -> g2.throwInto(new IndexOutOfBoundsException()));
        assertTrue(g2.isDone());
        assertTrue(g1.isDone());

        SymmetricCoroutine<Object> g3 = main.child(catching);
        SymmetricCoroutine<Object> g4 = g3.child(fromG2);
        assertEquals("ready to catch", g3.switchTo(""));
        assertEquals("caught", g4.throwInto(new IndexOutOfBoundsException()));
        assertTrue(g4.isDone());
        assertTrue(g3.isDone());

        SymmetricCoroutine<Object> g5 = main.child(catching);
        SymmetricCoroutine<Object> g6 = g5.child(fromG2);
        assertEquals("ready to catch", g5.switchTo(""));
        assertEquals("from g2", g6.switchTo(""));
        assertEquals("caught", g6.throwInto(new IndexOutOfBoundsException()));
        assertTrue(g6.isDone());
        assertTrue(g5.isDone());
    }

    @Test
    void throwingIntoADeadOneThrowsInItsNearestLiveAncestor() {
        SymmetricCoroutine<Object> child = main.child(returning(""));
        child.switchTo("");
        assertThrows(ArithmeticException.class, () -> child.throwInto(new ArithmeticException()));
    }

    @Test
    void aKillRunsFinallyBlocksAndIsReturnedToTheParentNotRaised() {
        SymmetricCoroutine<Object> child = main.child((self, first) -> {
            try {
                return self.parent().switchTo("ok");
            } finally {
                recorder.add("finally");
            }
        });
        assertEquals("ok", child.switchTo(""));
        assertEquals("killed", child.kill("killed"));
        assertTrue(child.isDone());
        recorder.assertHappened("finally");
        assertEquals("again", child.kill("again"));
    }

    @Test
    void theParentAndNotTheKillerGetsTheFarewell() {
        SymmetricCoroutine<Object> parent = main.child((self, first) -> "parent got " + main.switchTo(""));
        SymmetricCoroutine<Object> child = parent.child((self, first) -> main.switchTo(""));
        parent.switchTo("");
        child.switchTo("");
        SymmetricCoroutine<Object> killer = main.child((self, first) -> {
            recorder.add(child.kill("farewell"));
            return "";
        });
        assertEquals("parent got farewell", killer.switchTo(""));
        assertFalse(killer.isDone());
        recorder.assertHappened();
        killer.kill("");
    }

    @Test
    void killingOneThatNeverRanLeavesItsBodyOut() {
        SymmetricCoroutine<Object> child = main.child((self, first) -> {
            recorder.add("ran");
            return "";
        });
        assertEquals("killed", child.kill("killed"));
        assertTrue(child.isDone());
        recorder.assertHappened();
    }

    @Test
    void oneThatKillsItselfIsUnwoundAtOnce() {
        SymmetricCoroutine<Object> child = main.child((self, first) -> {
            try {
                return self.kill("gone");
            } finally {
                recorder.add("finally");
            }
        });
        assertEquals("gone", child.switchTo(""));
        recorder.assertHappened("finally");
    }

    @Test
    void aBodyMaySwitchInTheFinallyBlocksThatAKillRuns() {
        SymmetricCoroutine<Object> child = main.child((self, first) -> {
            try {
                return self.parent().switchTo("ready");
            } finally {
                recorder.add(self.parent().switchTo("not yet"));
            }
        });
        child.switchTo("");
        assertEquals("not yet", child.kill("killed"));
        assertFalse(child.isDone());
        assertEquals("killed", child.switchTo("go on"));
        recorder.assertHappened("go on");
    }

    @Test
    void theMainOneCannotBeKilledAndHasNoParent() {
        assertThrows(IllegalStateException.class, () -> main.kill(""));
        assertThrows(IllegalStateException.class, main::parent);
        assertFalse(main.isDone());
        assertSame(main, main.child(returning("")).parent());
    }
}
