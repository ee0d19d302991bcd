package dev.weft.bench;

final class HtmlReport {
    private HtmlReport() {}

    static String of(Report report) {
        return report.toString();
    }
}
