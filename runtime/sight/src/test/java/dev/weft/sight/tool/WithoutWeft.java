package dev.weft.sight.tool;

/** A program that does not use Weft. */
final class WithoutWeft {
    private WithoutWeft() {}

    public static void main(String[] args) throws Exception {
        System.out.println("ready");
        System.in.read();
    }
}
