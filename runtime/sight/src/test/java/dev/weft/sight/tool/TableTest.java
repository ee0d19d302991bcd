package dev.weft.sight.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TableTest {
    @Test
    void columnsAreAligned() {
        Table table = new Table(">ID", "NAME", "WAITS FOR");
        table.row("7", "reader", "a socket");
        table.row("1024", "", "sleep");
        assertEquals("  ID  NAME    WAITS FOR", table.headings());
        assertEquals(List.of("   7  reader  a socket", "1024  -       sleep"), table.rows());
    }

    @Test
    void aRowHasACellForEachHeading() {
        assertThrows(IllegalArgumentException.class, () -> new Table("A", "B").row("1"));
    }
}
