package dev.weft.examples;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.actor.Owner;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * One greenlet owns the stock of a shop. Customers on two loops ask it to sell; it serves one after another, so it needs no lock
 * and never sells what it does not have. A refusal comes back to the customer as the exception that it is.
 */
public final class StockKeeper {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private StockKeeper() {}

    private static final class SoldOut extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** The state: only the owner's greenlet touches it. */
    private static final class Stock {
        private int apples = 10;

        int sell(int count) throws SoldOut {
            if (count > apples) {
                throw new SoldOut();
            }
            return apples -= count;
        }
    }

    private static String buy(Owner<Stock> keeper, int count) {
        try {
            return "sold, and there are left: " + keeper.ask(stock -> stock.sell(count), SECOND);
        } catch (SoldOut e) {
            return "sold out";
        }
    }

    public static void main(String[] args) {
        Weft.run(2, () -> {
            Owner<Stock> keeper = Owner.start("stock keeper", Stock::new);
            List<Greenlet<String>> customers = Loop.current().group().loops().stream()
                    .flatMap(loop -> Stream.of(loop, loop))
                    .map(loop -> loop.spawn(() -> buy(keeper, 4)))
                    .toList();
            customers.stream().map(Greenlet::join).sorted().forEach(System.out::println);
            keeper.tell(stock -> stock.apples += 90);
            System.out.println(buy(keeper, 20));
            keeper.stop(SECOND);
        });
    }
}
