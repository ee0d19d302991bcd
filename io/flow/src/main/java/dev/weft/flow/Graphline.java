package dev.weft.flow;

/**
 * Components with any links between them, itself a component with the boxes that it is given (Kamaelia's chassis of this name).
 *
 * <pre>{@code
 * Graphline reader = new Graphline("reader");
 * Outbox<String> lines = reader.outbox("lines", "the lines of all files, at a limited rate");
 * Files files = reader.add(new Files());
 * Pace pace = reader.add(new Pace(perSecond));
 * reader.link(pace.ticks, files.permits);
 * reader.link(files.lines, lines);
 * }</pre>
 *
 * <p>It ends when all its components have ended. A component class that builds the same in its constructor shows the boxes as
 * fields, and may be used more than once.
 */
public final class Graphline extends Component {
    /** Creates an empty graph. */
    public Graphline(String name) {
        super(name);
    }

    @Override
    public <T> Inbox<T> inbox(String name, String purpose) {
        return super.inbox(name, purpose);
    }

    @Override
    public <T> Outbox<T> outbox(String name, String purpose) {
        return super.outbox(name, purpose);
    }

    @Override
    public <C extends Component> C add(C child) {
        return super.add(child);
    }

    @Override
    public <C extends Component> C add(C child, Carrier carrier) {
        return super.add(child, carrier);
    }

    @Override
    public <T> void link(Outbox<? extends T> from, Inbox<? super T> to) {
        super.link(from, to);
    }

    @Override
    public <T> void link(Inbox<T> own, Inbox<T> inner) {
        super.link(own, inner);
    }

    @Override
    public <T> void link(Outbox<T> inner, Outbox<T> own) {
        super.link(inner, own);
    }

    @Override
    protected void main() {}
}
