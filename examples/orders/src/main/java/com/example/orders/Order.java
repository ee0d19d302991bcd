package com.example.orders;

/** An order that has been placed. A paid order never changes again. */
record Order(long id, String customer, String item, int quantity, Status status) {
    enum Status {
        NEW,
        PAID
    }

    /** Returns whether this order is for what {@code request} asks. */
    boolean answers(OrderRequest request) {
        return request.equals(new OrderRequest(customer, item, quantity));
    }
}
