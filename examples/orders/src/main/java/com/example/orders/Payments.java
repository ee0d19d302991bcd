package com.example.orders;

import java.io.IOException;

/** A service that charges customers. */
interface Payments {
    /**
     * Charges the customer for {@code order}. Charging again for the same order has no effect, so a charge that may have failed
     * can be repeated.
     */
    void charge(Order order) throws IOException;
}
