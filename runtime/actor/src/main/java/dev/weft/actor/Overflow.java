package dev.weft.actor;

/** What happens to a message that is sent to a full mailbox. */
public enum Overflow {
    /** The sender waits until there is room: half of the capacity. */
    WAIT,
    /** The sender gets {@link MailboxFull}. */
    FAIL,
    /** The oldest message in the mailbox is dropped; if somebody waits for its answer, that fails with {@link MailboxFull}. */
    DROP_OLDEST,
    /** The message is dropped. If its sender would wait for an answer, it gets {@link MailboxFull}. */
    DROP_NEWEST
}
