package dev.clodo.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.plan.Contractions.Contraction;
import dev.clodo.plan.Contractions.File;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContractionsTest {
  private static final String USERS =
      "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, age TEXT NOT NULL);";

  @Test
  void addingIsNoContraction() {
    assertThat(
            in(
                """
                ALTER TABLE users ADD COLUMN email TEXT;
                ALTER TABLE users ADD country TEXT NOT NULL DEFAULT 'CH';
                CREATE INDEX by_name ON users(name);
                CREATE TABLE orders (id INTEGER PRIMARY KEY, total INTEGER NOT NULL);
                DELETE FROM users WHERE id = 1;
                UPDATE users SET name = 'x; DROP TABLE users';
                """))
        .isEmpty();
  }

  @Test
  void namesWhatIsTakenAwayWithItsLine() {
    assertThat(
            in(
                """
                -- DROP TABLE users;
                ALTER TABLE users DROP COLUMN name;
                ALTER TABLE "users" RENAME COLUMN age TO years;
                DELETE FROM users;
                /* DELETE
                   FROM users; */ CREATE UNIQUE INDEX u ON users(id);
                """))
        .containsExactly(
            "2.sql:2 drops or renames column users.name",
            "2.sql:3 drops or renames column users.age",
            "2.sql:4 deletes every row of users",
            "2.sql:6 refuses rows of users that were allowed (unique index)");
    assertThat(in("\n\ndrop table if exists [users]"))
        .containsExactly("2.sql:3 drops or renames table users");
    assertThat(in("ALTER TABLE users RENAME TO people"))
        .containsExactly("2.sql:1 drops or renames table users");
    assertThat(in("ALTER TABLE users ADD COLUMN email TEXT NOT NULL"))
        .containsExactly("2.sql:1 requires new column users.email, without a default");
  }

  @Test
  void aRebuiltTableCountsByHowItIsInTheEnd() {
    assertThat(
            in(
                """
                CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT, age TEXT NOT NULL, email TEXT);
                INSERT INTO new_users SELECT id, name, age, NULL FROM users;
                DROP TABLE users;
                ALTER TABLE new_users RENAME TO users;
                """))
        .isEmpty();
    assertThat(
            in(
                """
                CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER NOT NULL CHECK (age > 0));
                INSERT INTO new_users SELECT id, name, age FROM users;
                DROP TABLE users;
                ALTER TABLE new_users RENAME TO users;
                """))
        .containsExactly(
            "2.sql:4 narrows column users.age from TEXT to INTEGER",
            "2.sql:4 requires column users.name, without a default");
    assertThat(
            in(
                """
                ALTER TABLE users RENAME TO old_users;
                CREATE TABLE users (id INTEGER PRIMARY KEY, age TEXT NOT NULL);
                INSERT INTO users SELECT id, age FROM old_users;
                DROP TABLE old_users;
                """))
        .containsExactly("2.sql:2 drops or renames column users.name");
  }

  @Test
  void triggersAreOneStatementAndChangeNothingByThemselves() {
    assertThat(
            in(
                """
                CREATE TRIGGER t AFTER INSERT ON users BEGIN
                  DELETE FROM log;
                  UPDATE users SET name = CASE WHEN 1 THEN 'a' ELSE 'b' END;
                  DELETE FROM log;
                END;
                DELETE FROM users;
                """))
        .containsExactly("2.sql:6 deletes every row of users");
  }

  @Test
  void aTableThatNoMigrationMadeCountsStatementByStatement() {
    assertThat(in("DROP TABLE legacy; ALTER TABLE other DROP COLUMN x; DROP VIEW seen;"))
        .containsExactly(
            "2.sql:1 drops column x of other",
            "2.sql:1 drops table legacy",
            "2.sql:1 drops view seen");
    assertThat(in("CREATE TABLE t (a); DROP TABLE t; CREATE VIEW v AS SELECT 1; DROP VIEW v"))
        .isEmpty();
  }

  @Test
  void whatIsNoSqlIsNoTrouble() {
    assertThat(in("'unclosed")).isEmpty();
    assertThat(in("/* unclosed")).isEmpty();
    assertThat(in(");;;(")).isEmpty();
    assertThat(in("ALTER TABLE")).hasSizeLessThan(2);
    assertThat(in("CREATE UNIQUE INDEX")).hasSizeLessThan(2);
  }

  private static List<String> in(String sql) {
    return Contractions.in(List.of(new File("1.sql", USERS)), List.of(new File("2.sql", sql)))
        .stream()
        .map(Contraction::toString)
        .toList();
  }
}
