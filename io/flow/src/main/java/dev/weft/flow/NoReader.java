package dev.weft.flow;

/**
 * The cause of the {@link dev.weft.sync.ChannelFailed} that a send gets when the component that received its values has ended: the
 * broken pipe of a shell. The value was not sent. A component that lets it pass has ended, not failed.
 */
public final class NoReader extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoReader(Inbox<?> inbox) {
        super("nobody reads " + inbox + " any more, as " + inbox.owner.name() + " has ended");
    }
}
