package dev.weft.flow;

import dev.weft.flow.Component.Child;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A description of a graph, also while it runs: its components with their states and carriers, its links, and how full each
 * inbox is. A snapshot, taken on any thread.
 */
public final class Diagram {
    private static final String INDENT = "  ";

    private final Component root;

    private Diagram(Component root) {
        this.root = root;
    }

    /** Returns the diagram of {@code component} and all that it contains. */
    public static Diagram of(Component component) {
        return new Diagram(component);
    }

    /**
     * Describes the graph in lines of text: each component, indented below the one that contains it, followed by its boxes.
     *
     * <pre>
     * Pipeline: RUNNING on greenlet
     *   Lines: RUNNING on thread
     *     inbox (0 of 16): the values to work on
     *     outbox -> Printer.inbox: the results
     * </pre>
     */
    public String text() {
        StringBuilder text = new StringBuilder();
        append(text, "", root, Carrier.greenlet());
        return text.toString();
    }

    private static void append(StringBuilder text, String indent, Component component, Carrier carrier) {
        text.append(indent).append(component.name()).append(": ").append(component.state());
        text.append(" on ").append(carrier).append('\n');
        String inner = indent + INDENT;
        for (Inbox<?> box : component.inboxes()) {
            text.append(inner).append(box.name()).append(fill(box));
            if (box.target != null) {
                text.append(" -> ").append(box.target);
            }
            text.append(": ").append(box.purpose()).append('\n');
        }
        for (Outbox<?> box : component.outboxes()) {
            text.append(inner).append(box.name());
            if (box.target != null) {
                text.append(" -> ").append(box.target);
            }
            text.append(": ").append(box.purpose()).append('\n');
        }
        for (Child child : component.children) {
            append(text, inner, child.component(), child.carrier());
        }
    }

    private static String fill(Inbox<?> box) {
        return box.target == null ? " (" + box.size() + " of " + box.capacity() + ")" : "";
    }

    /**
     * Describes the graph for Graphviz, as a {@code digraph}: components are nodes, those that contain others are clusters, and
     * links that pass through boxes are drawn from the first to the last.
     */
    public String dot() {
        return new Dot().draw();
    }

    /** The drawing of a graph in the language of Graphviz. */
    private final class Dot {
        private final Map<Component, String> nodes = new LinkedHashMap<>();
        private final StringBuilder text = new StringBuilder();

        String draw() {
            text.append("digraph ").append(quoted(root.name())).append(" {\n");
            text.append(INDENT).append("rankdir=LR\n").append(INDENT).append("node [shape=box]\n");
            declare(INDENT, root, Carrier.greenlet());
            nodes.keySet().forEach(this::links);
            return text.append("}\n").toString();
        }

        private void declare(String indent, Component component, Carrier carrier) {
            String node = "n" + nodes.size();
            nodes.put(component, node);
            String label = quoted(component.name() + "\n" + component.state() + " on " + carrier);
            if (component.children.isEmpty()) {
                text.append(indent)
                        .append(node)
                        .append(" [label=")
                        .append(label)
                        .append("]\n");
                return;
            }
            text.append(indent).append("subgraph cluster_").append(node).append(" {\n");
            String inner = indent + INDENT;
            text.append(inner).append("label=").append(label).append('\n');
            text.append(inner).append(node).append(" [shape=point]\n");
            component.children.forEach(child -> declare(inner, child.component(), child.carrier()));
            text.append(indent).append("}\n");
        }

        private void links(Component component) {
            for (Outbox<?> box : component.outboxes()) {
                Inbox<?> destination = box.destination();
                if (destination != null && box.sources.isEmpty()) {
                    link(component, destination.owner, box.name() + " > " + destination.name() + fill(destination));
                }
            }
            for (Inbox<?> box : component.inboxes()) {
                Inbox<?> lender = box.lender();
                if (lender != null) {
                    link(lender.owner, component, lender.name() + " > " + box.name());
                }
            }
        }

        private void link(Component from, Component to, String label) {
            @Nullable String source = nodes.get(from);
            @Nullable String target = nodes.get(to);
            if (source != null && target != null) {
                text.append(INDENT).append(source).append(" -> ").append(target);
                text.append(" [label=").append(quoted(label)).append("]\n");
            }
        }

        private static String quoted(String label) {
            String escaped = label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
            return '"' + escaped + '"';
        }
    }
}
