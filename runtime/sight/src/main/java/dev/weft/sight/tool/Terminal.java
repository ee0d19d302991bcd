package dev.weft.sight.tool;

import java.io.Console;
import java.io.PrintWriter;
import picocli.CommandLine.Help.Ansi.Style;

/** Where the output goes. Colours and clearing are for terminals only, and colours not if {@code NO_COLOR} is set. */
final class Terminal {
    private static final String CLEAR = "\u001b[H\u001b[2J\u001b[3J";

    private enum Kind {
        COLOURED,
        MONOCHROME,
        FILE
    }

    private final PrintWriter out;
    private final Kind kind;

    private Terminal(PrintWriter out, Kind kind) {
        this.out = out;
        this.kind = kind;
    }

    /** Returns {@code out}, which is the standard output. */
    @SuppressWarnings("SystemConsoleNull") // it is null, as of JDK 25, if the output is not a terminal
    static Terminal standard(PrintWriter out) {
        Console console = System.console();
        if (console == null || !console.isTerminal()) {
            return file(out);
        }
        String noColor = System.getenv("NO_COLOR");
        return new Terminal(out, noColor == null || noColor.isEmpty() ? Kind.COLOURED : Kind.MONOCHROME);
    }

    /** Returns {@code out}, which is not a terminal. */
    static Terminal file(PrintWriter out) {
        return new Terminal(out, Kind.FILE);
    }

    PrintWriter out() {
        return out;
    }

    void print(String line) {
        out.println(line);
    }

    void print(String line, Style style) {
        out.println(kind == Kind.COLOURED ? style.on() + line + style.off() : line);
    }

    /** Prints {@code table}, below an empty line. */
    void print(Table table) {
        out.println();
        print(table.headings(), Style.bold);
        table.rows().forEach(out::println);
    }

    /** Returns whether nobody reads the output any more. */
    boolean isGone() {
        return out.checkError();
    }

    /** Begins a new page: clears the screen, or prints an empty line where there is none. */
    void newPage() {
        if (kind == Kind.FILE) {
            out.println();
        } else {
            out.print(CLEAR);
        }
        out.flush();
    }
}
