package dev.clodo.discover;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.ConfigValue.Entry;
import dev.clodo.model.ConfigValue.Sequence;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.Location;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Domains of a table (RFC 4180, one line a row): the column {@code domain} and others that are
 * named like the keys of a domain, {@code account} or {@code kv.CACHE}. An empty cell says nothing;
 * routes are divided by spaces.
 */
final class CsvDomains {
  private final Path file;
  private final BiConsumer<Location, String> problem;

  CsvDomains(Path file, BiConsumer<Location, String> problem) {
    this.file = file;
    this.problem = problem;
  }

  /** The same as a table of domains. */
  Table read(String text) {
    var domains = new LinkedHashMap<String, Entry>();
    var lines = text.lines().toList();
    var header = lines.isEmpty() ? List.<Cell>of() : cells(lines.getFirst(), 1);
    int host = header.stream().map(Cell::text).toList().indexOf("domain");
    if (host < 0) {
      problem.accept(
          Location.startOf(file), "The first line has to name the columns, domain among them.");
      return new Table(domains, Location.startOf(file));
    }
    for (int i = 1; i < lines.size(); i++) {
      if (lines.get(i).isBlank()) {
        continue;
      }
      var row = cells(lines.get(i), i + 1);
      if (row.size() != header.size()) {
        problem.accept(
            new Location(file, i + 1, 1),
            "This line has %d cells, the first one %d.".formatted(row.size(), header.size()));
        continue;
      }
      var entries = new LinkedHashMap<String, Object>();
      for (int c = 0; c < row.size(); c++) {
        if (c != host && !row.get(c).text().isEmpty()) {
          put(entries, header.get(c).text(), row.get(c));
        }
      }
      var cell = row.get(host);
      domains.put(cell.text(), new Entry(cell.at(), table(entries, cell.at())));
    }
    return new Table(domains, Location.startOf(file));
  }

  @SuppressWarnings("unchecked")
  private static void put(Map<String, Object> entries, String column, Cell cell) {
    int dot = column.indexOf('.');
    if (dot < 0) {
      entries.put(column, cell);
    } else {
      var below =
          (Map<String, Object>)
              entries.computeIfAbsent(
                  column.substring(0, dot), _ -> new LinkedHashMap<String, Object>());
      put(below, column.substring(dot + 1), cell);
    }
  }

  @SuppressWarnings("unchecked")
  private static Table table(Map<String, Object> entries, Location at) {
    var values = new LinkedHashMap<String, Entry>();
    entries.forEach((key, value) -> {
      if (value instanceof Cell cell) {
        values.put(key, new Entry(cell.at(), value(key, cell)));
      } else {
        values.put(key, new Entry(at, table((Map<String, Object>) value, at)));
      }
    });
    return new Table(values, at);
  }

  private static ConfigValue value(String key, Cell cell) {
    if (!key.equals("routes")) {
      return new Text(cell.text(), cell.at());
    }
    var routes = new ArrayList<ConfigValue>();
    for (var route : cell.text().strip().split("\\s+")) {
      routes.add(new Text(route, cell.at()));
    }
    return new Sequence(routes, cell.at());
  }

  private record Cell(String text, Location at) {}

  private List<Cell> cells(String line, int number) {
    var cells = new ArrayList<Cell>();
    var text = new StringBuilder();
    boolean quoted = false;
    int start = 1;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        if (quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
          text.append('"');
          i++;
        } else {
          quoted = !quoted;
        }
      } else if (c == ',' && !quoted) {
        cells.add(new Cell(text.toString().strip(), new Location(file, number, start)));
        text.setLength(0);
        start = i + 2;
      } else {
        text.append(c);
      }
    }
    cells.add(new Cell(text.toString().strip(), new Location(file, number, start)));
    return cells;
  }
}
