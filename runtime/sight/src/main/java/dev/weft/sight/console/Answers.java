package dev.weft.sight.console;

import dev.weft.Loop;
import dev.weft.observe.GreenletSnapshot;
import dev.weft.observe.Json;
import dev.weft.observe.Observer;
import dev.weft.observe.Query;
import dev.weft.observe.Snapshot;
import dev.weft.observe.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What the page may ask of a group, in JSON. One look at a time, so that they take one core at the most. */
final class Answers {
    private static final int LISTED = 5_000;
    private static final int MOST_HOPS = 10;
    private static final int LONGEST_CHAIN = 20;
    private static final long FRESH_NANOS = 900_000_000;

    private final Observer observer;
    private final Set<Permission> permissions;
    private final Slices slices;
    private String overview = "";
    private long overviewTaken;

    Answers(Observer observer, Set<Permission> permissions) {
        this.observer = observer;
        this.permissions = Set.copyOf(permissions);
        slices = new Slices(observer.group().loops().stream().map(Loop::name).collect(Collectors.toSet()));
    }

    /** Returns whether the group has come to its end. */
    boolean isOver() {
        return observer.isOver();
    }

    /** Stops what was started for pages that have not asked lately. */
    void rest() {
        slices.stopIfUnused();
    }

    /** Stops what was started for pages. */
    void stop() {
        slices.stop();
    }

    /** Returns the overview. Pages share one that is less than a second old. */
    synchronized String overview() {
        long now = System.nanoTime();
        if (overview.isEmpty() || now - overviewTaken > FRESH_NANOS) {
            overview = Json.of(read());
            overviewTaken = now;
        }
        return overview;
    }

    /** Reads everything that is cheap to read. */
    private Map<String, Object> read() {
        Map<String, Object> read = new LinkedHashMap<>();
        read.put("time", System.currentTimeMillis());
        read.put("group", observer.name());
        read.put("pid", ProcessHandle.current().pid());
        read.put("version", Version.NAME);
        read.put("java", Runtime.version().toString());
        read.put("mayKill", permissions.contains(Permission.KILL));
        read.put("maySearchLeaks", permissions.contains(Permission.SEARCH_LEAKS));
        read.put("loops", observer.loops());
        read.put("pools", observer.pools());
        read.put("verdicts", observer.verdicts());
        read.put("lints", observer.lints());
        return read;
    }

    /** Answers a request such as {@code GET greenlets}. Empty if there is no such question. */
    Optional<String> to(String request, Parameters parameters) throws Refused {
        return Optional.ofNullable(
                switch (request) {
                    case "GET greenlets" -> greenlets(parameters);
                    case "GET greenlet" -> greenlet(parameters);
                    case "GET resources" -> resources(parameters);
                    case "GET slices" -> Json.of(slices.since(parameters.number("after")));
                    case "POST kill" -> kill(parameters);
                    case "POST leaks" -> leaks();
                    default -> null;
                });
    }

    private synchronized String greenlets(Parameters parameters) throws Refused {
        return observer.snapshot(Query.all()
                        .matching(parameters.text("filter"))
                        .atMost(parameters.number("limit", LISTED))
                        .aggregatedAbove(parameters.number("aggregateAbove", LISTED)))
                .json();
    }

    private synchronized String greenlet(Parameters parameters) throws Refused {
        long id = parameters.number("id");
        int hops = Math.min(parameters.number("hops", 1), MOST_HOPS);
        GreenletSnapshot found = observer.greenlet(id).orElseThrow(() -> unknown(id));
        return Json.of(Map.of("greenlet", found, "chain", spawnersOf(found), "graph", observer.around(id, hops)));
    }

    private static Refused unknown(long id) {
        return new Refused(404, "no such greenlet, or it has ended: " + id);
    }

    /** Returns those that are alive of: who spawned it, who spawned that, and so on. */
    private List<GreenletSnapshot> spawnersOf(GreenletSnapshot greenlet) {
        List<GreenletSnapshot> chain = new ArrayList<>();
        Optional<GreenletSnapshot> next = observer.greenlet(greenlet.spawner());
        while (next.isPresent() && chain.size() < LONGEST_CHAIN) {
            GreenletSnapshot spawner = next.orElseThrow();
            chain.add(spawner);
            next = observer.greenlet(spawner.spawner());
        }
        return chain;
    }

    private synchronized String resources(Parameters parameters) throws Refused {
        Query query =
                Query.all().matching(parameters.text("filter")).atMost(LISTED).aggregatedAbove(Integer.MAX_VALUE);
        Snapshot snapshot = observer.snapshot(query);
        Set<Long> holders = snapshot.resources().stream()
                .flatMap(resource -> resource.holders().stream())
                .collect(Collectors.toSet());
        Map<String, String> names = new HashMap<>();
        for (GreenletSnapshot greenlet : snapshot.greenlets()) {
            if (holders.contains(greenlet.id())) {
                names.put(Long.toString(greenlet.id()), greenlet.name());
            }
        }
        return Json.of(Map.of("resources", snapshot.resources(), "names", names));
    }

    private String kill(Parameters parameters) throws Refused {
        require(Permission.KILL, "this console may not kill; open it with Console.builder().allowKill()");
        long id = parameters.number("id");
        if (!observer.kill(id, "killed from the console")) {
            throw unknown(id);
        }
        return "{}";
    }

    private synchronized String leaks() throws Refused {
        require(
                Permission.SEARCH_LEAKS,
                "this console may not search for leaks, as that stops the program for a while; open it with"
                        + " Console.builder().allowLeakSearch()");
        return Json.of(observer.leaks());
    }

    private void require(Permission permission, String reason) throws Refused {
        if (!permissions.contains(permission)) {
            throw new Refused(403, reason);
        }
    }
}
