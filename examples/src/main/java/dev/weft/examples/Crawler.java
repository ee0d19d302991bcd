package dev.weft.examples;

import com.sun.net.httpserver.HttpServer;
import dev.weft.Scope;
import dev.weft.Weft;
import dev.weft.sync.Limiter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashSet;
import java.util.Set;

/**
 * A crawler that follows all links of a local site with the JDK's HttpClient. Each link gets a greenlet; 32 pages load at a time.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar crawler [PAGES]}
 */
public final class Crawler {
    private final Set<URI> seen = new HashSet<>(); // all greenlets are on one loop, so no lock
    private final Limiter limiter = new Limiter(32);
    private final HttpClient client = HttpClient.newHttpClient();

    private Crawler() {}

    /** Crawls a site with the number of pages given as the argument, by default 1000. */
    public static void main(String[] args) throws Exception {
        int pages = args.length > 0 ? Integer.parseInt(args[0]) : 1000;
        Weft.run(() -> {
            HttpServer site = new LinkedPages(pages).serve();
            Crawler crawler = new Crawler();
            try (crawler.client) {
                URI first = URI.create("http://127.0.0.1:" + site.getAddress().getPort() + "/0");
                Weft.scope(scope -> crawler.visit(scope, first));
                System.out.println("found " + crawler.seen.size() + " pages");
            } finally {
                site.stop(0);
            }
        });
    }

    private void visit(Scope scope, URI page) throws IOException, InterruptedException {
        if (seen.add(page)) {
            String links = get(page);
            links.lines().forEach(link -> scope.spawn(() -> visit(scope, page.resolve(link))));
        }
    }

    @SuppressWarnings("try") // the lease is held but not used
    private String get(URI page) throws IOException, InterruptedException {
        try (Limiter.Lease lease = limiter.acquire()) {
            return client.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString())
                    .body();
        }
    }
}
