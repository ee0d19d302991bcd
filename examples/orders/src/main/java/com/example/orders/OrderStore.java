package com.example.orders;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** The orders in the database, by plain JDBC: each call waits for a connection and for the database, and yields meanwhile. */
final class OrderStore implements Ledger {
    private static final String COLUMNS = "id, customer, item, quantity, status";

    private final DataSource database;

    OrderStore(DataSource database) {
        this.database = database;
    }

    /** Creates the table if there is none. */
    void createTable() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    create table if not exists orders (
                        id bigint generated always as identity primary key,
                        idempotency_key text not null unique,
                        customer text not null,
                        item text not null,
                        quantity int not null,
                        status text not null default 'NEW')""");
            statement.execute("create index if not exists orders_unpaid on orders (id) where status = 'NEW'");
        }
    }

    /** Fails unless the database answers. */
    void ping() throws SQLException {
        query("select " + COLUMNS + " from orders where false");
    }

    /** Stores an order; empty if there is one with this key already. */
    Optional<Order> insert(String key, OrderRequest request) throws SQLException {
        return query(
                        "insert into orders (idempotency_key, customer, item, quantity) values (?, ?, ?, ?)"
                                + " on conflict (idempotency_key) do nothing returning " + COLUMNS,
                        key,
                        request.customer(),
                        request.item(),
                        request.quantity())
                .stream()
                .findFirst();
    }

    Optional<Order> find(long id) throws SQLException {
        return query("select " + COLUMNS + " from orders where id = ?", id).stream()
                .findFirst();
    }

    Optional<Order> findByKey(String key) throws SQLException {
        return query("select " + COLUMNS + " from orders where idempotency_key = ?", key).stream()
                .findFirst();
    }

    /** Returns the latest orders of {@code customer}. */
    List<Order> of(String customer) throws SQLException {
        return query("select " + COLUMNS + " from orders where customer = ? order by id desc limit 100", customer);
    }

    @Override
    public List<Order> unpaid(int limit) throws SQLException {
        return query("select " + COLUMNS + " from orders where status = 'NEW' order by id limit ?", limit);
    }

    @Override
    public void markPaid(long id) throws SQLException {
        query("update orders set status = 'PAID' where id = ? returning " + COLUMNS, id);
    }

    private List<Order> query(String sql, Object... parameters) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            List<Order> orders = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    orders.add(new Order(
                            rows.getLong("id"),
                            rows.getString("customer"),
                            rows.getString("item"),
                            rows.getInt("quantity"),
                            Order.Status.valueOf(rows.getString("status"))));
                }
            }
            return orders;
        }
    }
}
