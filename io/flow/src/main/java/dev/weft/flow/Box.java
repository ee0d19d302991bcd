package dev.weft.flow;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A named place of a component where values arrive or leave. Declared in its constructor, linked by others before it runs.
 *
 * <p>It is serialisable only so that serialisable components may have it in their fields: to a process it travels as its
 * declaration, without links and values.
 *
 * @param <T> the values
 */
@SuppressWarnings("serial") // it is replaced by its declaration before it is written
public abstract sealed class Box<T> implements Serializable permits Inbox, Outbox {
    final Component owner;

    /** The boxes that are linked to this one. */
    final List<Box<? extends T>> sources = new ArrayList<>();

    /** The box that gets the values of this one. */
    @Nullable Box<? super T> target;

    private final String name;
    private final String purpose;

    Box(Component owner, String name, String purpose) {
        this.owner = owner;
        this.name = Objects.requireNonNull(name, "name");
        this.purpose = Objects.requireNonNull(purpose, "purpose");
    }

    /** Returns its name, which is unique among the boxes of its component. */
    public String name() {
        return name;
    }

    /** Returns what it is for, as its component has declared it. */
    public String purpose() {
        return purpose;
    }

    /** Returns the component that has declared it. */
    public Component component() {
        return owner;
    }

    final void link(Box<? super T> to) {
        if (target != null) {
            throw new IllegalStateException(this + " is linked to " + target + " already, and so cannot be linked to "
                    + to + "; to give each value to several readers, link it to a Backplane");
        }
        target = to;
        to.sources.add(this);
    }

    /** Returns the last box of the chain of links that begins here. */
    final Box<?> end() {
        Box<?> end = this;
        while (end.target != null) {
            end = end.target;
        }
        return end;
    }

    /** Makes it usable; called before its component runs, when everything it is linked to is known. */
    abstract void open();

    /** Its component has returned, or failed with {@code failure}. */
    abstract void close(@Nullable Throwable failure);

    @Override
    public final String toString() {
        return owner.name() + "." + name;
    }
}
