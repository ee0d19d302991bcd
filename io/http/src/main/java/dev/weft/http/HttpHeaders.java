package dev.weft.http;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The header fields of a message, or its trailer fields (RFC 9110, section 5). Names are not case-sensitive, a name may have
 * several values, and the order is kept. Those of a request cannot be changed, and those of a response cannot once it has been
 * committed; an attempt throws {@link IllegalStateException}. Not thread-safe.
 *
 * <p>A name that is not a token, or a value with a control character (of which only the tab is allowed) or a character beyond
 * ISO-8859-1, throws {@link IllegalArgumentException}: no value can end its line and forge another one.
 */
public final class HttpHeaders implements Iterable<Map.Entry<String, String>> {
    static final HttpHeaders NO_TRAILERS = new HttpHeaders();

    static {
        NO_TRAILERS.freeze("those of a request cannot be changed");
    }

    private final io.netty.handler.codec.http.HttpHeaders fields;
    private @Nullable String frozenBecause;

    /** Creates empty header fields. */
    HttpHeaders() {
        fields =
                DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders(); // validated here
    }

    private HttpHeaders(io.netty.handler.codec.http.HttpHeaders fields) {
        this.fields = fields;
    }

    /** Returns the fields that a request has brought, which the decoder has validated. */
    static HttpHeaders received(io.netty.handler.codec.http.HttpHeaders fields) {
        HttpHeaders headers = new HttpHeaders(fields);
        headers.freeze("those of a request cannot be changed");
        return headers;
    }

    /** Makes later changes fail, with {@code reason}. */
    void freeze(String reason) {
        frozenBecause = reason;
    }

    /** Returns the first value of {@code name}. */
    public Optional<String> first(String name) {
        return Optional.ofNullable(fields.get(name));
    }

    /** Returns the first value of {@code name}, or null, without allocating. */
    @Nullable String firstOrNull(CharSequence name) {
        return fields.get(name);
    }

    /** Returns all values of {@code name}, in order; empty if there are none. */
    public List<String> all(String name) {
        return fields.getAll(name);
    }

    /** Returns whether there is a field called {@code name}. */
    public boolean contains(String name) {
        return fields.contains(name);
    }

    /**
     * Returns whether one of the comma-separated values of {@code name} is {@code token}, in upper or lower case: {@code
     * containsToken("Connection", "close")}.
     */
    public boolean containsToken(String name, String token) {
        return fields.containsValue(name, token, true);
    }

    boolean contains(CharSequence name) {
        return fields.contains(name);
    }

    boolean containsToken(CharSequence name, CharSequence token) {
        return fields.containsValue(name, token, true);
    }

    /** Replaces all values of {@code name} by {@code value}. */
    public HttpHeaders set(String name, String value) {
        requireOpen();
        fields.set(FieldSyntax.requireName(name), FieldSyntax.requireValue(name, value));
        return this;
    }

    /** Adds a value of {@code name}, after the ones that it has. */
    public HttpHeaders add(String name, String value) {
        requireOpen();
        fields.add(FieldSyntax.requireName(name), FieldSyntax.requireValue(name, value));
        return this;
    }

    /** Removes all values of {@code name}. */
    public HttpHeaders remove(String name) {
        requireOpen();
        fields.remove(name);
        return this;
    }

    /** Returns the names, without repetition. */
    public Set<String> names() {
        return fields.names();
    }

    /** Returns the number of fields. */
    public int size() {
        return fields.size();
    }

    /** Returns whether there are no fields. */
    public boolean isEmpty() {
        return fields.isEmpty();
    }

    /** Returns the fields in order. */
    @Override
    public Iterator<Map.Entry<String, String>> iterator() {
        return fields.iteratorAsString();
    }

    /** Returns the fields in order, as they are stored. */
    Iterator<Map.Entry<CharSequence, CharSequence>> iteratorOfCharSequences() {
        return fields.iteratorCharSequence();
    }

    private void requireOpen() {
        if (frozenBecause != null) {
            throw new IllegalStateException("header fields: " + frozenBecause);
        }
    }

    /** Returns the fields without their values, which may be secrets. */
    @Override
    public String toString() {
        return "header fields " + names();
    }
}
