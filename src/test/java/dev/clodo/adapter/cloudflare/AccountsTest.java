package dev.clodo.adapter.cloudflare;

import static dev.clodo.fixture.Services.inventory;
import static dev.clodo.fixture.Services.worker;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Account;
import dev.clodo.model.AccountId;
import dev.clodo.model.Inventory;
import dev.clodo.model.Looked;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AccountsTest {
  private static final Service HERE = worker("here", Map.of("account_id", "a"));
  private static final Service THERE = worker("there", Map.of("account_id", "b"));

  @Test
  void aWorkspaceIsDividedByTheAccountsThatItIsReleasedTo() {
    var parts =
        Accounts.divided(
            inventory(List.of(HERE, THERE, worker("near", Map.of("account_id", "a")))));

    assertThat(parts)
        .extracting(p -> p.released().stream().map(s -> s.name().value()).toList())
        .containsExactly(List.of("here", "near"), List.of("there"));
    assertThat(Accounts.of(parts.getLast())).contains(new AccountId("b"));
  }

  @Test
  void whatAnAccountHasForItselfIsNotKnownOfSeveral() {
    var looks = new LinkedHashMap<Inventory, Account>();
    looks.put(inventory(List.of(HERE)), account("one", Set.of("here", "there"), "kv1"));
    looks.put(inventory(List.of(THERE)), account("other", Set.of("more"), "kv2"));

    var merged = Accounts.merged(looks);

    // The Worker "there" of the first account is somebody else's.
    assertThat(merged.services())
        .isEqualTo(new Looked.Known<>(Set.of(new ServiceName("here"), new ServiceName("more"))));
    assertThat(merged.kvNamespaces())
        .isEqualTo(new Looked.Known<>(Map.of("kv1", "title", "kv2", "title")));
    assertThat(merged.subdomain()).isInstanceOf(Looked.Unknown.class);
    assertThat(merged.subdomainOf(HERE)).isEqualTo(new Looked.Known<>("one"));
    assertThat(merged.subdomainOf(THERE)).isEqualTo(new Looked.Known<>("other"));
    assertThat(merged.buckets()).isInstanceOf(Looked.Unknown.class);
    assertThat(merged.access()).isEqualTo(Account.Access.ACCEPTED);
    assertThat(merged.resources(ResourceKind.ZONES))
        .isEqualTo(
            new Looked.Known<>(
                List.of(
                    new Resource("one", "one", Map.of()),
                    new Resource("other", "other", Map.of()))));
  }

  @Test
  void whatOneAccountHidesIsUnknown() {
    var looks = new LinkedHashMap<Inventory, Account>();
    looks.put(inventory(List.of(HERE)), account("one", Set.of("here"), "kv1"));
    looks.put(inventory(List.of(THERE)), Account.unseen(Account.Access.REJECTED, "no permission"));

    var merged = Accounts.merged(looks);

    assertThat(merged.access()).isEqualTo(Account.Access.REJECTED);
    assertThat(merged.services()).isInstanceOf(Looked.Unknown.class);
  }

  private static Account account(String zone, Set<String> workers, String namespace) {
    return new Account(
            Account.Access.ACCEPTED,
            new Looked.Known<>(new AccountId(zone)),
            new Looked.Known<>(List.of(new AccountId(zone))),
            new Looked.Known<>(
                workers.stream()
                    .map(ServiceName::new)
                    .collect(java.util.stream.Collectors.toSet())),
            Map.of(),
            new Looked.Known<>(Map.of(namespace, "title")),
            new Looked.Known<>(Map.of()),
            new Looked.Known<>(Set.of()),
            new Looked.Known<>(Set.of()),
            Map.of(),
            new Looked.Known<>(zone),
            new Looked.Known<>(Map.of()),
            Map.of())
        .with(
            Map.of(
                new Account.Shelf(ResourceKind.ZONES, ""),
                new Looked.Known<>(List.of(new Resource(zone, zone, Map.of())))));
  }
}
