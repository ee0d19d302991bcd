package dev.weft.flow;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.Greenlet;
import dev.weft.testing.SteppedLoop;
import java.util.List;

/** Stages that several tests use. */
final class Stages {
    private Stages() {}

    /** Sends the numbers below {@code end}. */
    static Stage<Void, Integer> numbers(int end) {
        return Stage.of("numbers", (inbox, outbox) -> {
            for (int i = 0; i < end; i++) {
                outbox.send(i);
            }
        });
    }

    /** Sends on what it receives. */
    static <T> Stage<T, T> copy(String name) {
        return Stage.of(name, (inbox, outbox) -> inbox.forEach(outbox::send));
    }

    /** Adds what it receives to {@code all}. */
    static <T> Stage<T, Void> into(List<? super T> all) {
        return Stage.of("into", (inbox, outbox) -> inbox.forEach(all::add));
    }

    /** Runs {@code component} until the loop is idle, and returns what it has failed with. */
    static Throwable failureOf(Component component, SteppedLoop stepped) {
        Greenlet<Throwable> failure = stepped.spawn(() -> assertThrows(Throwable.class, component::run));
        stepped.runUntilIdle();
        return failure.join();
    }
}
