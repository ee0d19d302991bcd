package dev.weft.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.bench.load.Shape;
import dev.weft.bench.rival.Service;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ScenariosTest {
    private static final List<Scenario> ALL = Scenarios.all();

    @Test
    void everyScenarioHasAnIdOfItsOwn() {
        Set<String> ids = ALL.stream().map(Scenario::id).collect(Collectors.toSet());
        assertEquals(ALL.size(), ids.size());
        assertTrue(ids.containsAll(List.of(
                "echo-64-1",
                "echo-4096-9500",
                "echo-64-9500-busy-100",
                "echo-64-depth-16-64",
                "echo-64-1000-at-50",
                "echo-64-1000-at-80",
                "http-64",
                "backend-1000",
                "backends-1000-on-both-cores",
                "proxy-64-1000",
                "tls-64-1000")));
    }

    @Test
    void aTitleSaysAllInWords() {
        Scenario some = Scenario.closed(Service.ECHO, new Shape(9_500, 100, 16, 4096), 1);
        assertEquals("echo, 4 KiB, 16 messages in flight, 9,500 connections of which 100 are busy", some.title());
        assertEquals("echo, 64 B, 1 connection", Scenarios.echo(1).title());
        assertEquals(
                "echo, 64 B, 1,000 connections, at 80 % of its own maximum",
                Scenarios.echo(1_000).atShareOfMaximum(0.8).title());
    }

    @Test
    void whereDescriptorsAreFewThereAreFewerConnections() {
        Shape shape = new Shape(9_500, 100, 1, 64).within(50);
        assertEquals(new Shape(50, 50, 1, 64), shape);
        assertEquals(shape, shape.within(60));
        Scenario proxy = Scenario.closed(Service.PROXY, Shape.busy(100, 64), 1);
        assertEquals(200, proxy.sockets());
        assertEquals(75, proxy.within(150).shape().connections());
    }
}
