package dev.weft.sight.tool;

import dev.weft.observe.SiteSnapshot;
import java.util.List;

/** Greenlets counted by where they were spawned and what they wait for. */
final class SiteTable {
    private SiteTable() {}

    static Table of(List<SiteSnapshot> sites) {
        Table table = new Table(">COUNT", "STATE", ">OLDEST", "WAITS FOR", "SPAWNED AT");
        for (SiteSnapshot site : sites) {
            table.row(
                    Text.count(site.count()),
                    site.state(),
                    site.state().equals("waiting") ? Text.duration(site.oldestNanos()) : "",
                    site.what(),
                    Text.place(site.spawnSite()));
        }
        return table;
    }
}
