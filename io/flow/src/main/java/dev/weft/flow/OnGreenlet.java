package dev.weft.flow;

/** Runs a component in the calling greenlet. */
final class OnGreenlet extends Carrier {
    static final OnGreenlet INSTANCE = new OnGreenlet();

    private OnGreenlet() {}

    @Override
    void carry(Component component) throws Exception {
        component.runInScope();
    }

    @Override
    public String toString() {
        return "greenlet";
    }
}
