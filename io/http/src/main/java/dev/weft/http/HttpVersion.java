package dev.weft.http;

/** The version of a request. */
public enum HttpVersion {
    /** HTTP/1.0: neither chunks nor, unless asked for, persistent connections. */
    HTTP_1_0("HTTP/1.0"),
    /** HTTP/1.1. */
    HTTP_1_1("HTTP/1.1"),
    /** HTTP/2: many requests at the same time on a connection. */
    HTTP_2("HTTP/2.0");

    private final String text;

    HttpVersion(String text) {
        this.text = text;
    }

    /** Returns the version as in a request line, such as {@code HTTP/1.1}. */
    @Override
    public String toString() {
        return text;
    }
}
