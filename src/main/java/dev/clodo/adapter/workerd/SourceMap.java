package dev.clodo.adapter.workerd;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.clodo.model.Location;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Leads from a place in a bundle back to the source (the Source Map format, revision 3). */
final class SourceMap {
  private static final String DIGITS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  private final List<String> sources;
  private final List<List<Segment>> lines;

  /** From a column of the bundle on, the text comes from this place; all count from 0. */
  private record Segment(int column, int source, int line, int sourceColumn) {}

  private SourceMap(List<String> sources, List<List<Segment>> lines) {
    this.sources = sources;
    this.lines = lines;
  }

  /** Reads a map; one that can't be read leads nowhere. */
  static SourceMap parse(String json) {
    try {
      var tree = new ObjectMapper().readTree(json);
      var sources = new ArrayList<String>();
      for (JsonNode source : tree.path("sources")) {
        sources.add(source.asText());
      }
      return new SourceMap(sources, decode(tree.path("mappings").asText("")));
    } catch (JsonProcessingException e) {
      return new SourceMap(List.of(), List.of());
    }
  }

  /**
   * @param line counts from 1
   * @param column counts from 1
   */
  Optional<Location> original(int line, int column) {
    if (line < 1 || line > lines.size()) {
      return Optional.empty();
    }
    Segment last = new Segment(-1, -1, 0, 0);
    for (var segment : lines.get(line - 1)) {
      if (segment.column() > column - 1) {
        break;
      }
      last = segment;
    }
    if (last.source() < 0 || last.source() >= sources.size() || last.line() < 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Location(
              Path.of(sources.get(last.source())),
              last.line() + 1,
              Math.max(0, last.sourceColumn()) + 1));
    } catch (InvalidPathException notAFile) {
      return Optional.empty();
    }
  }

  private static List<List<Segment>> decode(String mappings) {
    var lines = new ArrayList<List<Segment>>();
    int source = 0;
    int line = 0;
    int sourceColumn = 0;
    for (var group : mappings.split(";", -1)) {
      var segments = new ArrayList<Segment>();
      int column = 0;
      for (var text : group.split(",")) {
        var numbers = numbers(text);
        if (numbers.isEmpty()) {
          continue;
        }
        column += numbers.getFirst();
        if (numbers.size() < 4) {
          segments.add(new Segment(column, -1, 0, 0));
          continue;
        }
        source += numbers.get(1);
        line += numbers.get(2);
        sourceColumn += numbers.get(3);
        segments.add(new Segment(column, source, line, sourceColumn));
      }
      lines.add(segments);
    }
    return lines;
  }

  /** Numbers of any length, six bits a letter, the sign in the lowest bit. */
  private static List<Integer> numbers(String text) {
    var numbers = new ArrayList<Integer>();
    int value = 0;
    int shift = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = DIGITS.indexOf(text.charAt(i));
      if (digit < 0 || shift > 25) {
        return List.of();
      }
      value |= (digit & 31) << shift;
      if ((digit & 32) != 0) {
        shift += 5;
      } else {
        numbers.add((value & 1) == 0 ? value >> 1 : -(value >> 1));
        value = 0;
        shift = 0;
      }
    }
    return numbers;
  }
}
