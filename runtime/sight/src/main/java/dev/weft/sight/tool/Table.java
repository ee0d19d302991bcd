package dev.weft.sight.tool;

import java.util.ArrayList;
import java.util.List;

/** Lines of text in aligned columns. Not thread-safe. */
final class Table {
    private static final String GAP = "  ";

    private final boolean[] right;
    private final List<String[]> rows = new ArrayList<>();

    /** Creates a table whose first line are {@code headings}. A heading that begins with {@code >} has its column aligned on the right. */
    Table(String... headings) {
        right = new boolean[headings.length];
        String[] names = headings.clone();
        for (int i = 0; i < names.length; i++) {
            right[i] = names[i].startsWith(">");
            names[i] = right[i] ? names[i].substring(1) : names[i];
        }
        rows.add(names);
    }

    /** Adds a line. Empty cells are shown as a dash. */
    void row(String... cells) {
        if (cells.length != right.length) {
            throw new IllegalArgumentException(cells.length + " cells for " + right.length + " columns");
        }
        rows.add(cells.clone());
    }

    /** Returns the line with the headings. */
    String headings() {
        return line(rows.get(0), widths());
    }

    /** Returns the other lines. */
    List<String> rows() {
        int[] widths = widths();
        return rows.stream().skip(1).map(row -> line(row, widths)).toList();
    }

    private String line(String[] row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.length; i++) {
            String padding = " ".repeat(widths[i] - shown(row[i]).length());
            line.append(i == 0 ? "" : GAP);
            line.append(right[i] ? padding + shown(row[i]) : shown(row[i]) + padding);
        }
        return line.toString().stripTrailing();
    }

    private int[] widths() {
        int[] widths = new int[right.length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], shown(row[i]).length());
            }
        }
        return widths;
    }

    private static String shown(String cell) {
        return cell.isEmpty() ? "-" : cell;
    }
}
