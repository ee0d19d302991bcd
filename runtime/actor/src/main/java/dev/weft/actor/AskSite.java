package dev.weft.actor;

/**
 * The place from which an owner was asked, as a suppressed exception of the failure that came back: the failure has the stack of
 * the owner, and this one that of the asker.
 */
public final class AskSite extends Throwable {
    private static final long serialVersionUID = 1L;

    private static final int MOST = 16; // on one failure, which may be shared or pass through many owners

    private AskSite(String owner) {
        super("owner \"" + owner + "\" was asked here", null, false, true);
    }

    /** Adds the caller's stack to {@code failure}, which came from {@code owner}. */
    static void addTo(Throwable failure, String owner) {
        if (failure.getSuppressed().length < MOST) {
            failure.addSuppressed(new AskSite(owner));
        }
    }
}
