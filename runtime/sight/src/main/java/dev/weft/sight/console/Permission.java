package dev.weft.sight.console;

/** What a page may do beyond looking. */
public enum Permission {
    /** Kill a greenlet. */
    KILL,
    /** Search for leaked greenlets, which stops the program for a while. */
    SEARCH_LEAKS
}
