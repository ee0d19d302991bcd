package com.example;

import java.util.List;

/** A failure of users' code, which is not on the allow-list by itself. */
public final class Rejected extends Exception {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // the lists in the tests are serialisable
    private final List<String> fields;

    public Rejected(String message, List<String> fields, Throwable cause) {
        super(message, cause);
        this.fields = fields;
    }

    public List<String> fields() {
        return fields;
    }
}
