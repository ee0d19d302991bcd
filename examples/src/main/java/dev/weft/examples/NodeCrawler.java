package dev.weft.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import dev.weft.Weft;
import dev.weft.cluster.Cluster;
import dev.weft.cluster.transport.NodeId;
import dev.weft.workers.Workers;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * A crawler whose pages are loaded by the three nodes of a cluster. Run:
 * {@code java -jar examples/target/weft-examples.jar crawl-on-nodes [PAGES]}
 */
public final class NodeCrawler {
    private record Page(NodeId loadedBy, List<URI> links) implements Serializable {}

    private NodeCrawler() {}

    /** Crawls a site with the number of pages given as the argument, by default 1000. */
    public static void main(String[] args) throws Exception {
        Weft.run(3, () -> {
            HttpServer site = new LinkedPages(args.length > 0 ? Integer.parseInt(args[0]) : 1000).serve();
            try (LocalNodes nodes = LocalNodes.join("crawler", NodeCrawler.class);
                    Workers workers = Workers.nodes(nodes.clusters().getFirst())) {
                crawl(workers, "http://127.0.0.1:" + site.getAddress().getPort() + "/0");
            } finally {
                site.stop(0);
            }
        });
    }

    private static void crawl(Workers workers, String first) {
        HashSet<URI> seen = new HashSet<>(List.of(URI.create(first)));
        HashSet<NodeId> loaders = new HashSet<>();
        for (List<URI> found = List.copyOf(seen), next; !found.isEmpty(); found = next) {
            next = new ArrayList<>();
            for (Page page : workers.mapUnordered(found, NodeCrawler::load)) {
                loaders.add(page.loadedBy);
                page.links.stream().filter(seen::add).forEach(next::add);
            }
        }
        System.out.println("found " + seen.size() + " pages, loaded by " + loaders.size() + " nodes");
    }

    private static Page load(URI page) throws IOException {
        NodeId here = Cluster.current().self().id();
        try (InputStream text = page.toURL().openStream()) {
            String links = new String(text.readAllBytes(), UTF_8);
            return new Page(here, links.lines().map(page::resolve).toList());
        }
    }
}
