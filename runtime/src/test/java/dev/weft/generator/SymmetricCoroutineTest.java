package dev.weft.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Weft;
import dev.weft.testing.Recorder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SAME_THREAD) // the one that calls main()
class SymmetricCoroutineTest {
    private final Recorder recorder = new Recorder();
    private final SymmetricCoroutine<Object> main = SymmetricCoroutine.main();

    private static SymmetricCoroutine.Body<Object> returning(Object value) {
        return (self, first) -> value;
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
        assertTrue(task.get().toString().contains("belongs to the thread that called main()"));
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
