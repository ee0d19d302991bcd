package dev.weft.examples;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.stm.Store;
import dev.weft.stm.TVar;
import dev.weft.stm.Transaction;
import java.util.List;

/**
 * Bank accounts in transactional memory. Two loops transfer money, all or nothing, and audits see both accounts as they were at one
 * moment. A payment that neither account covers waits until one does.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar bank [TRANSFERS]}
 */
public final class BankAccounts {
    private final Store bank = new Store();
    private final TVar<Integer> giro = bank.variable("giro", 100);
    private final TVar<Integer> savings = bank.variable("savings", 100);

    private BankAccounts() {}

    /** Makes the number of transfers given as the argument, by default 10000, on each of two loops. */
    public static void main(String[] args) {
        Weft.run(2, () -> new BankAccounts().use(args.length > 0 ? Integer.parseInt(args[0]) : 10_000));
    }

    private void use(int transfers) {
        List<Greenlet<Boolean>> clerks = Loop.current().group().loops().stream()
                .map(loop -> loop.spawn(() -> transferAndAudit(transfers)))
                .toList();
        System.out.println("audits were right: " + clerks.stream().allMatch(Greenlet::join));
        Greenlet<?> payment = Weft.spawn(() ->
                bank.atomically(tx -> tx.orElse(() -> withdraw(tx, giro, 150), () -> withdraw(tx, savings, 150))));
        Weft.yieldNow();
        System.out.println("neither account covers the payment: " + payment.state());
        bank.atomically(tx -> tx.update(savings, balance -> balance + 100));
        payment.join();
        System.out.println("paid, and left: " + giro.value() + " and " + savings.value());
    }

    private boolean transferAndAudit(int transfers) {
        boolean right = true;
        for (int i = 0; i < transfers; i++) {
            int amount = i % 2 == 0 ? 1 : -1;
            bank.atomically(tx -> {
                tx.update(giro, balance -> balance - amount);
                tx.update(savings, balance -> balance + amount);
            });
            right &= bank.callAtomically(tx -> tx.read(giro) + tx.read(savings)) == 200;
        }
        return right;
    }

    private static void withdraw(Transaction tx, TVar<Integer> account, int amount) {
        tx.check(tx.read(account) >= amount); // or else waits until the account has changed
        tx.update(account, balance -> balance - amount);
    }
}
