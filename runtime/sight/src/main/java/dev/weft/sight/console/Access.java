package dev.weft.sight.console;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask: whoever has the token, unless the request comes from a page of another origin. Such a page is told by {@code Host}
 * (a name that an attacker has rebound to the loopback address), by {@code Origin}, and by the Fetch Metadata of the browser
 * ({@code Sec-Fetch-Site}). A port may differ, as it may be forwarded.
 */
final class Access {
    private static final int TOKEN_BYTES = 16;
    private static final Pattern LOOPBACK = Pattern.compile("(127\\.0\\.0\\.1|localhost|\\[::1])(:\\d{1,5})?");
    private static final Set<String> OWN_SITES = Set.of("same-origin", "none"); // none: typed, or from a bookmark

    /** What every response says. Nothing inline, nothing from elsewhere, in no frame, for no other origin, kept nowhere. */
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
                    + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "X-Frame-Options",
            "DENY",
            "Referrer-Policy",
            "no-referrer", // a link to elsewhere would tell the token
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "Cross-Origin-Opener-Policy",
            "same-origin",
            "Cache-Control",
            "no-store");

    private final String token;

    private Access(String token) {
        this.token = token;
    }

    /** Returns the access by a new random token. */
    static Access create() {
        byte[] random = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        return new Access(HexFormat.of().formatHex(random));
    }

    /** Returns what all paths begin with. */
    String prefix() {
        return "/" + token + "/";
    }

    /** Sets the headers that every response has. */
    static void protect(Headers response) {
        HEADERS.forEach(response::set);
    }

    /** Returns the path below the prefix, empty for the page itself. */
    String permittedPath(HttpExchange exchange) throws Refused {
        Headers request = exchange.getRequestHeaders();
        String path = exchange.getRequestURI().getRawPath();
        String host = host(request);
        requireOwnOrigin(request, host);
        int end = path.indexOf('/', 1);
        if (end < 0 || !isToken(path.substring(1, end))) {
            throw new Refused(403, "This address has no valid token. Use the one that Console.uri() returned.");
        }
        String below = path.substring(end + 1);
        if (!isOfOwnSite(request) && !isLink(exchange, below)) {
            throw new Refused(403, "A page of another site may not use the console.");
        }
        return below;
    }

    private static String host(Headers request) throws Refused {
        List<String> hosts = request.getOrDefault("Host", List.of());
        if (hosts.size() != 1 || !LOOPBACK.matcher(hosts.getFirst()).matches()) {
            throw new Refused(
                    403, "The console answers only as 127.0.0.1, localhost or [::1], and was asked as " + hosts + ".");
        }
        return hosts.getFirst();
    }

    private static void requireOwnOrigin(Headers request, String host) throws Refused {
        for (String origin : request.getOrDefault("Origin", List.of())) {
            if (!origin.equals("http://" + host)) {
                throw new Refused(403, "A page of another origin may not use the console.");
            }
        }
    }

    /** Also of browsers that do not tell, and of other clients. */
    private static boolean isOfOwnSite(Headers request) {
        return OWN_SITES.containsAll(request.getOrDefault("Sec-Fetch-Site", List.of()));
    }

    /** Returns whether the user follows a link from elsewhere to the page, say from a log. */
    private static boolean isLink(HttpExchange exchange, String path) {
        Headers request = exchange.getRequestHeaders();
        return path.isEmpty()
                && exchange.getRequestMethod().equals("GET")
                && is("navigate", request.getFirst("Sec-Fetch-Mode"))
                && is("document", request.getFirst("Sec-Fetch-Dest"));
    }

    private static boolean is(String expected, @Nullable String actual) {
        return expected.equals(actual);
    }

    /** In a time that does not depend on where they differ. */
    private boolean isToken(String candidate) {
        return MessageDigest.isEqual(token.getBytes(US_ASCII), candidate.getBytes(US_ASCII));
    }
}
