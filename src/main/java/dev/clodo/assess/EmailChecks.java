package dev.clodo.assess;

import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.errorProd;
import static dev.clodo.assess.Check.ofStart;

import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import dev.clodo.model.Start;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Mail that a Worker sends and receives. */
final class EmailChecks {
  private EmailChecks() {}

  private static final String RECEIVING = "email-routing/email-workers/";

  static final List<Check> CHECKS =
      List.of(
          errorProd(
              "email/destination-not-verified",
              RECEIVING + "send-email-workers/",
              EmailChecks::unverified),
          errorProd("email/routing-not-enabled", RECEIVING, EmailChecks::routingOff),
          ofStart(
              "email/routing-not-enabled",
              Severity.ERROR_PROD,
              StopsAt.PRODUCTION,
              RECEIVING,
              EmailChecks::startedRoutingOff),
          error(
              "email/addresses-destructive",
              StopsAt.UPLOAD,
              "email-routing/",
              EmailChecks::destructive));

  /** The addresses that a binding is restricted to. */
  private static List<Case.Word> destinations(Case c) {
    var words = new ArrayList<Case.Word>();
    for (var t : c.settings().tables("send_email")) {
      Case.word(t, "destination_address").ifPresent(words::add);
      t.items("allowed_destination_addresses").stream()
          .filter(Text.class::isInstance)
          .map(v -> new Case.Word(((Text) v).value(), v.at()))
          .forEach(words::add);
    }
    return words;
  }

  private static List<? extends Hit> unverified(Case c) {
    var destinations = destinations(c);
    if (destinations.isEmpty()) {
      return List.of();
    }
    return Case.judging(
        c.account().resources(ResourceKind.EMAIL_ADDRESSES),
        all -> {
          var hits = new ArrayList<Hit>();
          for (var word : destinations) {
            var known = all.stream().filter(r -> r.id().equalsIgnoreCase(word.value())).findFirst();
            if (known.isEmpty() || known.get().trait("verified").isEmpty()) {
              hits.add(
                  new Hit.Fault(
                      word.value(),
                      word.at(),
                      "The address \""
                          + word.value()
                          + "\" is "
                          + (known.isEmpty()
                              ? "no destination address of the account"
                              : "not verified")
                          + ": sending to it fails.",
                      new Remedy.Advice(
                          "Add it under Email Routing, Destination addresses, and follow the link"
                              + " in the mail that comes.")));
            }
          }
          return hits;
        });
  }

  private static List<Case.Word> addresses(Case c) {
    return c.settings().items("addresses").stream()
        .filter(Text.class::isInstance)
        .map(v -> new Case.Word(((Text) v).value(), v.at()))
        .filter(w -> w.value().contains("@"))
        .toList();
  }

  /** The zone that an address belongs to: the longest one that its domain ends with. */
  private static Optional<String> zoneOf(Case c, String address) {
    var domain = address.substring(address.indexOf('@') + 1).toLowerCase(Locale.ROOT);
    if (!(c.account().zones() instanceof Looked.Known<Map<String, String>>(var zones))) {
      return Optional.empty();
    }
    return zones.keySet().stream()
        .filter(z -> domain.equals(z) || domain.endsWith("." + z))
        .max((a, b) -> Integer.compare(a.length(), b.length()));
  }

  private static List<? extends Hit> startedRoutingOff(Case c, Start start) {
    return off(c, start instanceof Start.Up up && up.handlers().contains("email"));
  }

  private static List<? extends Hit> routingOff(Case c) {
    return off(c, Sources.seemsToHandle(c.service(), "email", "(?:message|email|msg|event)"));
  }

  private static List<? extends Hit> off(Case c, boolean handles) {
    var addresses = addresses(c);
    if (addresses.isEmpty()) {
      return handles && !c.isPages()
          ? List.of(
              new Hit.Fault(
                      "addresses",
                      c.at("main"),
                      "The Worker has an email() handler, and its configuration names no address:"
                          + " only a rule made elsewhere brings mail to it.",
                      new Remedy.Advice(
                          "Make a rule under Email Routing, or name the addresses in the"
                              + " configuration: "
                              + (c.isToml() ? "addresses = [\"…\"]." : "\"addresses\": [\"…\"].")))
                  .as(Severity.ADVICE))
          : List.of();
    }
    var hits = new ArrayList<Hit>();
    for (var address : addresses) {
      var zone = zoneOf(c, address.value());
      if (zone.isPresent()
          && c.account().resources(ResourceKind.EMAIL_ROUTING, zone.get())
              instanceof Looked.Known<List<Resource>>(var settings)
          && settings.stream().anyMatch(s -> s.trait("enabled").equals("false"))) {
        hits.add(
            new Hit.Fault(
                address.value(),
                address.at(),
                "Email Routing is off for the zone \""
                    + zone.get()
                    + "\": no mail to \""
                    + address.value()
                    + "\" reaches the Worker.",
                new Remedy.Command(
                    "npx wrangler email routing enable " + Words.argument(zone.get()),
                    c.service().home())));
      }
    }
    return hits;
  }

  /** Rules that the deploy would take over or delete, which it refuses without a person. */
  private static List<? extends Hit> destructive(Case c) {
    var hits = new ArrayList<Hit>();
    var own = c.service().name().value();
    for (var address : addresses(c)) {
      var zone = zoneOf(c, address.value());
      if (zone.isEmpty()
          || !(c.account().resources(ResourceKind.EMAIL_RULES, zone.get())
              instanceof Looked.Known<List<Resource>>(var rules))) {
        continue;
      }
      rules.stream()
          .filter(r -> r.trait("to").equalsIgnoreCase(address.value()))
          .filter(r -> !(r.trait("action").equals("worker") && r.trait("value").equals(own)))
          .findFirst()
          .ifPresent(rule ->
              hits.add(
                  new Hit.Fault(
                      address.value(),
                      address.at(),
                      "Mail to \""
                          + address.value()
                          + "\" goes elsewhere by a rule that this deploy would replace. Without a"
                          + " person to confirm it, the code goes live and the deploy fails.",
                      new Remedy.Advice(
                          "Deploy once at a terminal with npx wrangler deploy, or remove the"
                              + " address or the rule."))));
    }
    return hits;
  }
}
