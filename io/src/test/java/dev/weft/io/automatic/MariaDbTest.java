package dev.weft.io.automatic;

/** MariaDB's driver. */
final class MariaDbTest extends MySqlContract {
    @Override
    String protocol() {
        return "mariadb";
    }

    @Override
    String[] keptThreads() {
        return new String[] {"mariadb-"};
    }
}
