package dev.weft.leak;

import dev.weft.jdk.Frames;
import dev.weft.kernel.GreenletTask;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Greenlets of one spawn site that nothing alive can end, described for people; the oldest first. */
public record Leak(StackTraceElement spawnSite, List<GreenletTask<?>> greenlets) {
    private static final int LINES = 20;

    /** Makes an unmodifiable copy of the greenlets. */
    public Leak {
        greenlets = List.copyOf(greenlets);
    }

    static List<Leak> bySite(List<GreenletTask<?>> leaked) {
        Map<StackTraceElement, List<GreenletTask<?>>> sites = new LinkedHashMap<>();
        leaked.forEach(greenlet -> sites.computeIfAbsent(greenlet.spawnSite(), site -> new ArrayList<>())
                .add(greenlet));
        List<Leak> leaks = new ArrayList<>();
        sites.forEach((site, greenlets) -> leaks.add(new Leak(site, greenlets)));
        return leaks;
    }

    public String title() {
        return "leak: " + (greenlets.size() == 1 ? "a greenlet" : greenlets.size() + " greenlets") + " spawned at "
                + spawnSite + (greenlets.size() == 1 ? " waits" : " wait") + " for what nothing alive can reach";
    }

    public String cure() {
        return "Let whoever leaves tell those that wait for it: close the channel, set the event, give the token back, or spawn"
                + " them into a scope that is left when they are no longer needed.";
    }

    /** Returns the place in the program where {@code greenlet} waits; empty if it is not in users' code. */
    public static String placeOf(GreenletTask<?> greenlet) {
        StackTraceElement[] where = greenlet.stackTrace();
        int place = Frames.indexOf(where);
        return place < 0 ? "" : where[place].toString();
    }

    /** Describes the leak in a few lines. */
    public String text() {
        StringBuilder text = new StringBuilder(title()).append(':');
        for (GreenletTask<?> greenlet : greenlets.subList(0, Math.min(LINES, greenlets.size()))) {
            String place = placeOf(greenlet);
            text.append("\n  greenlet \"")
                    .append(greenlet.name())
                    .append("\" (")
                    .append(greenlet.id())
                    .append(", loop ");
            text.append(greenlet.loop.name()).append(") waits for ").append(greenlet.waitingOn());
            text.append(place.isEmpty() ? "" : "\n      at " + place);
        }
        if (greenlets.size() > LINES) {
            text.append("\n  and ").append(greenlets.size() - LINES).append(" others");
        }
        return text.append('\n').append(cure()).toString();
    }
}
