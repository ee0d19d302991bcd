package dev.weft.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Weft;
import dev.weft.testing.Recorder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The contract of Python's greenlet package, after that package's own tests where they carry over. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SAME_THREAD) // the one that calls main()
class SymmetricCoroutineTest {
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
    void switchesGoToAndFro() {
        SymmetricCoroutine<Object> child = main.child((self, first) -> {
            recorder.add(1);
            self.parent().switchTo("");
            recorder.add(3);
            return "";
        });
        recorder.add(0);
        child.switchTo("");
        recorder.add(2);
        child.switchTo("");
        recorder.add(4);
        recorder.assertHappened(0, 1, 2, 3, 4);
        assertTrue(child.isDone());
    }

    @Test
    void theValueBecomesTheResultOfTheSwitchInWhichTheTargetWasSuspended() {
        SymmetricCoroutine<Object> child = main.child((self, first) -> {
            Object second = self.parent().switchTo("got " + first);
            return "then " + second;
        });
        assertEquals("got 1", child.switchTo(1));
        assertEquals("then 2", child.switchTo(2));
    }

    @Test
    void theExampleOfItsCommentIsRight() {
        SymmetricCoroutine<String> root = SymmetricCoroutine.main();
        SymmetricCoroutine<String> pong = root.child((self, first) -> {
            String ball = first;
            while (true) {
                ball = self.parent().switchTo(ball + " pong");
            }
        });
        assertEquals("ping pong", pong.switchTo("ping"));
        assertEquals("bye", pong.kill("bye"));
    }

    @Test
    void twoChildrenKeepTheirPlaces() {
        SymmetricCoroutine.Body<Object> body = (self, first) -> {
            recorder.add(first);
            self.parent().switchTo("");
            recorder.add(first);
            return "";
        };
        SymmetricCoroutine<Object> g = main.child(body);
        SymmetricCoroutine<Object> h = main.child(body);
        g.switchTo("g");
        h.switchTo("h");
        h.switchTo("");
        assertTrue(h.isDone());
        assertFalse(g.isDone());
        g.switchTo("");
        assertTrue(g.isDone());
        recorder.assertHappened("g", "h", "h", "g");
    }

    @Test
    void aChildMayHaveChildrenOfItsOwn() {
        SymmetricCoroutine<Object> outer = main.child((self, first) -> {
            recorder.add("a");
            self.child((inner, value) -> {
                        recorder.add("b");
                        return inner.parent().switchTo("");
                    })
                    .switchTo("");
            recorder.add("c");
            return "";
        });
        outer.switchTo("");
        recorder.assertHappened("a", "b", "c");
    }

    @Test
    void siblingsSwitchToEachOtherWithoutTheirParent() {
        List<SymmetricCoroutine<Object>> ring = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int number = i;
            ring.add(main.child((self, first) -> {
                for (int round = 0; round < 2; round++) {
                    recorder.add(number);
                    if (number < 2 || round < 1) {
                        ring.get((number + 1) % 3).switchTo("");
                    }
                }
                return "end of " + number;
            }));
        }
        assertEquals("end of 2", ring.get(0).switchTo(""));
        recorder.assertHappened(0, 1, 2, 0, 1, 2);
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
    void whatIsThrownIntoOneComesOutOfItsSwitch() {
        SymmetricCoroutine<Object> child = main.child((self, first) -> {
            try {
                return self.parent().switchTo("ready");
            } catch (IllegalArgumentException e) {
                self.parent().switchTo("caught " + e.getMessage());
                return "end";
            }
        });
        assertEquals("ready", child.switchTo(""));
        assertEquals("caught ciao", child.throwInto(new IllegalArgumentException("ciao")));
        assertEquals("end", child.switchTo(""));
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

    @Test
    void aSwitchToItselfComesBackAtOnce() {
        assertEquals(1, main.switchTo(1));
        assertEquals(2, main.child((self, first) -> self.switchTo(2)).switchTo(""));
        assertThrows(ArithmeticException.class, () -> main.throwInto(new ArithmeticException()));
    }

    @Test
    void anotherThreadCannotSwitch() throws Exception {
        SymmetricCoroutine<Object> child = main.child(returning(""));
        FutureTask<IllegalStateException> task =
                new FutureTask<>(() -> assertThrows(IllegalStateException.class, () -> child.switchTo("")));
        new Thread(task).start();
        assertTrue(task.get().toString().contains("stays with the one who called main()"));
        assertEquals("", child.switchTo(""));
    }

    @Test
    void aGeneratorCanBeMadeOfIt() {
        SymmetricCoroutine<Object> squares = main.child((self, first) -> {
            for (int i = 1; i <= 3; i++) {
                self.parent().switchTo(i * i);
            }
            return "end";
        });
        List<Object> values = new ArrayList<>();
        Object value = squares.switchTo("");
        while (!squares.isDone()) {
            values.add(value);
            value = squares.switchTo("");
        }
        assertEquals(List.of(1, 4, 9), values);
    }

    @Test
    void aSwitchFromWithinAGeneratorTakesTheGeneratorAlong() {
        SymmetricCoroutine<Object> child = main.child((self, first) -> {
            Generator<Object> generator =
                    Generator.of(out -> out.emit(self.parent().switchTo("in the generator")));
            try (generator) {
                return generator.next();
            }
        });
        assertEquals("in the generator", child.switchTo(""));
        assertEquals("back", child.switchTo("back"));
    }

    @Test
    void aGroupWithinACoroutineOfAnotherGroupIsItsOwn() {
        SymmetricCoroutine<Object> outer = main.child((self, first) -> {
            SymmetricCoroutine<Object> inner = SymmetricCoroutine.main();
            SymmetricCoroutine<Object> leaf = inner.child((leafSelf, value) -> {
                recorder.add(main.switchTo("from the leaf, by way of the other group"));
                return "leaf";
            });
            return leaf.switchTo("");
        });
        assertEquals("from the leaf, by way of the other group", outer.switchTo(""));
        assertEquals("leaf", outer.switchTo("to the leaf"));
        recorder.assertHappened("to the leaf");
    }

    @Test
    void inAGreenletABodyMayWait() {
        Object result = Weft.run(() -> {
            SymmetricCoroutine<Object> here = SymmetricCoroutine.main();
            return here.child((self, first) -> {
                        Weft.sleep(Duration.ofMillis(1));
                        return first;
                    })
                    .switchTo("slept");
        });
        assertEquals("slept", result);
    }
}
