package dev.weft.diagnostics;

import dev.weft.Verdict;
import dev.weft.jdk.Frames;
import dev.weft.kernel.GreenletTask;
import dev.weft.spi.Measured;
import dev.weft.spi.Owners;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Stuck greenlets of a {@link WaitGraph} that are connected by their waits, described for people. Those that form a cycle come
 * first, then those that wait for them.
 */
public final class Deadlock {
    private static final int LINES = 20;

    private final Verdict.Kind kind;
    private final List<WaitNode> nodes;
    private final List<Link> links;
    private final String text;

    /** One stuck greenlet: what it waits for, and the stuck one that could end that; null if it lies in no cycle. */
    public record Link(
            GreenletTask<?> greenlet,
            String waitsFor,
            @Nullable GreenletTask<?> owner,
            String place) {}

    /** Describes a {@code component} of nodes that are stuck now. */
    Deadlock(Verdict.Kind kind, List<WaitNode> component) {
        this.kind = kind;
        nodes = inOrder(component);
        links = nodes.stream().limit(LINES).map(Deadlock::link).toList();
        text = describe();
    }

    /** Groups {@code stuck} nodes into those that have to do with each other. */
    static List<List<WaitNode>> components(List<WaitNode> stuck) {
        Set<WaitNode> left = Collections.newSetFromMap(new IdentityHashMap<>());
        left.addAll(stuck);
        List<List<WaitNode>> components = new ArrayList<>();
        for (WaitNode node : stuck) {
            if (left.contains(node)) {
                components.add(component(node, left));
            }
        }
        return components;
    }

    static Set<GreenletTask<?>> greenlets(List<WaitNode> component) {
        Set<GreenletTask<?>> greenlets = Collections.newSetFromMap(new IdentityHashMap<>());
        component.forEach(node -> greenlets.add(greenletOf(node)));
        return greenlets;
    }

    /** Removes from {@code left} all that are connected with {@code start}, and returns them. */
    private static List<WaitNode> component(WaitNode start, Set<WaitNode> left) {
        List<WaitNode> found = new ArrayList<>();
        Set<WaitNode> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        ArrayDeque<WaitNode> open = new ArrayDeque<>(List.of(start));
        WaitNode next;
        while ((next = open.poll()) != null) {
            if (next.isFree || !seen.add(next)) {
                continue;
            }
            if (left.remove(next)) {
                found.add(next);
            } else if (next.greenlet != null) {
                continue; // of another deadlock
            }
            open.addAll(next.needs);
            open.addAll(next.neededBy());
        }
        return found;
    }

    private static List<WaitNode> inOrder(List<WaitNode> component) {
        component.sort(Comparator.comparingLong(node -> greenletOf(node).id()));
        Set<WaitNode> ordered = new LinkedHashSet<>(cycle(component.get(0)));
        ordered.addAll(component);
        return new ArrayList<>(ordered);
    }

    /** Follows the stuck needs from {@code start} until they repeat, and returns the greenlets of the cycle. */
    private static List<WaitNode> cycle(WaitNode start) {
        List<WaitNode> path = new ArrayList<>();
        @Nullable WaitNode next = start;
        while (next != null && !path.contains(next)) {
            path.add(next);
            next = stuckNeed(next);
        }
        return next == null
                ? List.of()
                : path.subList(path.indexOf(next), path.size()).stream()
                        .filter(node -> node.greenlet != null)
                        .sorted(Comparator.comparingLong(
                                node -> greenletOf(node).id()))
                        .toList();
    }

    private static @Nullable WaitNode stuckNeed(WaitNode node) {
        for (WaitNode need : node.needs) {
            if (!need.isFree) {
                return need;
            }
        }
        return null;
    }

    private static GreenletTask<?> greenletOf(WaitNode node) {
        return Objects.requireNonNull(node.greenlet);
    }

    public Verdict.Kind kind() {
        return kind;
    }

    /** Returns the stuck greenlets, those of the cycle first. */
    public List<GreenletTask<?>> greenlets() {
        List<GreenletTask<?>> all = new ArrayList<>(nodes.size());
        nodes.forEach(node -> all.add(greenletOf(node)));
        return all;
    }

    /** Returns who waits for what, for the first twenty greenlets. */
    public List<Link> links() {
        return links;
    }

    /** Returns the first line of the text. */
    public String title() {
        return text.substring(0, text.indexOf('\n') - 1);
    }

    /** Describes the deadlock in a few lines: who waits for whom, where, and what can be done. */
    public String text() {
        return text;
    }

    Verdict verdict() {
        return new Verdict(kind, List.copyOf(greenlets()), text);
    }

    private static Link link(WaitNode node) {
        GreenletTask<?> greenlet = greenletOf(node);
        StackTraceElement[] where = greenlet.stackTrace();
        int place = Frames.indexOf(where);
        return new Link(greenlet, waitsFor(node), ownerOf(node), place < 0 ? "" : where[place].toString());
    }

    private static @Nullable GreenletTask<?> ownerOf(WaitNode node) {
        WaitNode next = stuckNeed(node);
        for (int i = 0; next != null && next.greenlet == null && i < LINES; i++) {
            next = stuckNeed(next);
        }
        return next == null ? null : next.greenlet;
    }

    private static String waitsFor(WaitNode node) {
        Owners owners = node.owners;
        return switch (owners.rule()) {
            case ALL ->
                (owners.kind() == Owners.Kind.OFFLOAD ? "its off-loaded call, which waits for " : "")
                        + Objects.requireNonNull(ownerOf(node)).describeEnd();
            case RECENT -> greenletOf(node).waitingOn() + ", whose other side " + users(owners) + " used";
            case ANY ->
                owners.kind() == Owners.Kind.SELECT || owners.kind() == Owners.Kind.LOCK
                        ? greenletOf(node).waitingOn()
                        : owners.resource().toString();
            case UNKNOWN, OUTSIDE -> greenletOf(node).waitingOn() + heldBy(ownerOf(node)); // a monitor
        };
    }

    private static String heldBy(@Nullable GreenletTask<?> holder) {
        return holder == null ? "" : ", held by greenlet \"" + holder.name() + "\"";
    }

    private static String users(Owners owners) {
        return owners.members().size() == 1
                ? "only greenlet " + owners.members().get(0) + " has"
                : "only greenlets "
                        + owners.members().stream().map(Object::toString).collect(Collectors.joining(" and "))
                        + " have";
    }

    private String describe() {
        int count = nodes.size();
        StringBuilder lines = new StringBuilder(kind == Verdict.Kind.CERTAIN ? "deadlock: " : "presumed deadlock: ")
                .append(count == 1 ? "a greenlet waits for itself" : count + " greenlets wait for one another")
                .append(" and can never proceed:");
        for (int i = 0; i < links.size(); i++) {
            lines.append("\n  ").append(describe(nodes.get(i), links.get(i)));
        }
        if (count > LINES) {
            lines.append("\n  and ").append(count - LINES).append(" others");
        }
        return lines.append('\n').append(cure()).toString();
    }

    private String describe(WaitNode node, Link link) {
        GreenletTask<?> greenlet = link.greenlet();
        List<String> does = new ArrayList<>();
        for (WaitNode taker : node.neededBy()) {
            if (!taker.isFree && taker.owners.rule() == Owners.Rule.ANY && taker.owners.kind() != Owners.Kind.SELECT) {
                does.add("holds " + held(taker.owners));
            }
        }
        does.add("waits for " + link.waitsFor());
        return "greenlet \"" + greenlet.name() + "\" (" + greenlet.id() + ", spawned at " + greenlet.spawnSite()
                + ", loop " + greenlet.loop.name() + ") " + String.join(" and ", does)
                + (link.place().isEmpty() ? "" : "\n      at " + link.place());
    }

    private static String held(Owners owners) {
        return owners.kind() == Owners.Kind.LOCK
                ? "a " + Frames.nameOf(owners.resource().getClass())
                : owners.resource().toString();
    }

    /** Returns the remedy for what {@code this} consists of. */
    public String cure() {
        Set<Owners.Kind> kinds = EnumSet.noneOf(Owners.Kind.class);
        nodes.forEach(node -> kinds.add(node.owners.kind()));
        if (kinds.contains(Owners.Kind.CHANNEL) || kinds.contains(Owners.Kind.SELECT)) {
            return "Close the channel when a side leaves, send and receive in one select, give it a buffer, or put a time limit"
                    + " on the waits.";
        }
        if (kinds.contains(Owners.Kind.EVENT)) {
            return "Set the event on every path, also when its setter fails, or put a time limit on the waits.";
        }
        if (kinds.contains(Owners.Kind.LOCK)) {
            return "Take locks in one order everywhere, do not wait for others while holding one, or use tryLock with a time"
                    + " limit.";
        }
        if (nodes.stream()
                .anyMatch(
                        node -> node.owners.rule() == Owners.Rule.ANY || node.owners.resource() instanceof Measured)) {
            return "Let a holder give it back before waiting for those who need it, let them use a different one, or put a time"
                    + " limit on the waits.";
        }
        return "Let one of them not wait for the other's end, let it be killed, or put a time limit on the waits.";
    }
}
