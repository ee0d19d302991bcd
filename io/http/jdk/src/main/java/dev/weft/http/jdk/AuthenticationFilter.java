package dev.weft.http.jdk;

import com.sun.net.httpserver.Authenticator;
import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;

/** Asks the authenticator of a context, after the context's own filters. */
final class AuthenticationFilter extends Filter {
    private final Authenticator authenticator;
    private final WeftHttpExchange authenticated; // the exchange below what filters may have wrapped

    AuthenticationFilter(Authenticator authenticator, WeftHttpExchange authenticated) {
        this.authenticator = authenticator;
        this.authenticated = authenticated;
    }

    @Override
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
        switch (authenticator.authenticate(exchange)) {
            case Authenticator.Success success -> {
                authenticated.principal(success.getPrincipal());
                chain.doFilter(exchange);
            }
            case Authenticator.Retry retry -> refuse(exchange, retry.getResponseCode());
            case Authenticator.Failure failure -> refuse(exchange, failure.getResponseCode());
            default -> throw new IOException("the authenticator has neither accepted nor refused " + exchange);
        }
    }

    private static void refuse(HttpExchange exchange, int status) throws IOException {
        exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
        exchange.sendResponseHeaders(status, -1);
    }

    @Override
    public String description() {
        return "authentication";
    }
}
