package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.Greenlet;
import dev.weft.SpawnSite;
import dev.weft.Weft;
import dev.weft.workers.Workers;
import java.io.IOException;
import java.io.Serializable;
import org.junit.jupiter.api.Test;

/** Workers as a program in a package of its own sees them. */
final class CallerTest {
    private record Money(long cents) implements Serializable {}

    @Test
    void aFailureHasThePlaceWhereTheTaskWasSubmitted() {
        Weft.run(() -> {
            try (Workers workers = Workers.greenlets(1)) {
                Greenlet<?> task = workers.submit(() -> {
                    throw new IOException("no paper");
                });
                IOException failure = assertThrows(IOException.class, task::join);
                SpawnSite site = assertInstanceOf(SpawnSite.class, failure.getSuppressed()[0]);
                assertEquals(CallerTest.class.getName(), site.getStackTrace()[0].getClassName());
            }
        });
    }

    @Test
    void classesOfTheCallersPackageTravel() {
        Weft.run(() -> {
            try (Workers workers = Workers.processes(1)) {
                Money one = new Money(1);
                assertEquals(new Money(3), workers.call(() -> new Money(one.cents() + 2)));
            }
        });
    }
}
