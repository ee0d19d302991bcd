package dev.weft.io.automatic;

/** MySQL's driver, against MariaDB. */
final class MySqlDriverTest extends MySqlContract {
    @Override
    String protocol() {
        return "mysql";
    }

    @Override
    String[] keptThreads() {
        return new String[0];
    }
}
