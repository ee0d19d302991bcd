package dev.weft.actor;

/** Thrown to the sender of a message for which a mailbox had no room, and to the asker whose question was dropped. */
public final class MailboxFull extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MailboxFull(Object mailbox, int capacity, String consequence) {
        super(mailbox + " is full (" + capacity + " messages): " + consequence
                + "; send less, give it a larger capacity, or let senders wait with Overflow.WAIT");
    }
}
