package dev.weft.supervisor;

import java.util.Locale;

/** The text of a supervision tree. */
final class TreeText {
    private final StringBuilder text = new StringBuilder();

    TreeText add(Supervisor top) {
        text.append(top.name()).append(kind(top)).append('\n');
        addChildren(top, "  ");
        return this;
    }

    private static String kind(Supervisor supervisor) {
        return " [" + supervisor.strategy() + "]";
    }

    private void addChildren(Supervisor supervisor, String indent) {
        for (ChildInfo child : supervisor.children()) {
            Child running = child.child().orElse(null);
            text.append(indent).append(child.id());
            if (running instanceof Supervisor inner) {
                text.append(kind(inner));
            }
            text.append(": ")
                    .append(child.state().toString().toLowerCase(Locale.ROOT))
                    .append(" for ")
                    .append(child.inState())
                    .append(", ")
                    .append(child.restarts())
                    .append(" restarts\n");
            if (running instanceof Supervisor inner) {
                addChildren(inner, indent + "  ");
            }
        }
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
