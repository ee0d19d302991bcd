package com.example.orders;

import java.sql.SQLException;
import java.util.List;

/** What the cashier needs to know about orders. */
interface Ledger {
    /** Returns at most {@code limit} orders that have not been paid, the oldest first. */
    List<Order> unpaid(int limit) throws SQLException;

    /** Records that an order has been paid. Has no effect if that is known already. */
    void markPaid(long id) throws SQLException;
}
