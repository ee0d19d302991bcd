package dev.weft.bench.suite;

import dev.weft.bench.load.Shape;
import dev.weft.bench.rival.Service;
import java.util.ArrayList;
import java.util.List;

/** The scenarios of the suite. */
public final class Scenarios {
    /** A number of connections that fits the usual limit of 10,000 descriptors. */
    static final int MOST = 9_500;

    private static final int MANY = 1_000;
    private static final int SOME = 64;
    private static final int SMALL = 64;
    private static final int LARGE = 4096;
    private static final int IN_FLIGHT = 16;
    private static final int FEW_BUSY = 100;

    private Scenarios() {}

    /** Returns all scenarios, those with one core for the server first. */
    public static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        for (int size : new int[] {SMALL, LARGE}) {
            for (int connections : new int[] {1, SOME, MANY, MOST}) {
                all.add(Scenario.closed(Service.ECHO, Shape.busy(connections, size), 1));
            }
        }
        all.add(Scenario.closed(Service.ECHO, new Shape(MOST, FEW_BUSY, 1, SMALL), 1));
        all.add(Scenario.closed(Service.ECHO, new Shape(SOME, SOME, IN_FLIGHT, SMALL), 1));
        all.add(echo(MANY).atShareOfMaximum(0.5));
        all.add(echo(MANY).atShareOfMaximum(0.8));
        for (Service service : List.of(Service.TLS, Service.HTTP, Service.BACKEND, Service.BACKENDS)) {
            all.add(Scenario.closed(service, Shape.busy(SOME, SMALL), 1));
            all.add(Scenario.closed(service, Shape.busy(MANY, SMALL), 1));
        }
        all.add(Scenario.closed(Service.PROXY, Shape.busy(MANY, SMALL), 1));
        for (Service service : Service.values()) {
            all.add(Scenario.closed(service, Shape.busy(MANY, SMALL), 2));
        }
        return List.copyOf(all);
    }

    /** Returns the scenario with this id. */
    public static Scenario named(String id) {
        return all().stream()
                .filter(scenario -> scenario.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no scenario has the id " + id));
    }

    /** Returns a selection for a few minutes: the extreme case of many connections, and a typical service. */
    public static List<Scenario> few() {
        return List.of(echo(MANY), Scenario.closed(Service.BACKEND, Shape.busy(MANY, SMALL), 2));
    }

    /** Returns the echo of small messages over this many connections, with one core for the server. */
    public static Scenario echo(int connections) {
        return Scenario.closed(Service.ECHO, Shape.busy(connections, SMALL), 1);
    }
}
