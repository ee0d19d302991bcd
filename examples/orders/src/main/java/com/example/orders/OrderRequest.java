package com.example.orders;

/** What a customer orders. */
record OrderRequest(String customer, String item, int quantity) {
    OrderRequest {
        requireText("customer", customer);
        requireText("item", item);
        if (quantity < 1) {
            throw new IllegalArgumentException("quantity must be at least 1: " + quantity);
        }
    }

    private static void requireText(String name, String value) {
        if (value == null || value.isBlank() || value.length() > 200 || value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(name + " must have between 1 and 200 characters");
        }
    }
}
