package dev.weft.actor;

/** Thrown by a send to a mailbox that has been closed, and by a receive once nothing is left in it. */
public final class MailboxClosed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MailboxClosed(Mailbox<?> mailbox) {
        super(mailbox + " is closed");
    }
}
