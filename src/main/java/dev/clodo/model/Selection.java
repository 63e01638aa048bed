package dev.clodo.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Which part of what could be released somebody asks for. Names are those of services, of their
 * copies, of groups and of domains; {@code *} and {@code ?} stand for any characters and any one.
 *
 * @param only what is released; everything when empty. Names of domains and names of services
 *     narrow one another: these services for these domains
 * @param except what is left out of that
 * @param since a commit, tag or branch: only what changed since it and what calls that; empty when
 *     that does not matter
 */
public record Selection(List<String> only, List<String> except, String since) {
  public Selection {
    only = List.copyOf(only);
    except = List.copyOf(except);
  }

  /** Everything. */
  public static Selection all() {
    return new Selection(List.of(), List.of(), "");
  }

  public boolean isAll() {
    return only.isEmpty() && except.isEmpty() && since.isEmpty();
  }

  /** As it is typed: {@code --only web --since main}. */
  @Override
  public String toString() {
    var words = new ArrayList<String>();
    only.forEach(name -> words.add("--only " + name));
    except.forEach(name -> words.add("--except " + name));
    if (!since.isEmpty()) {
      words.add("--since " + since);
    }
    return String.join(" ", words);
  }
}
