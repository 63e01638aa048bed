package dev.clodo.model;

/** Cloudflare's id of an account (32 hexadecimal digits). */
public record AccountId(String value) {
  public AccountId {
    Text.required("account id", value);
  }

  @Override
  public String toString() {
    return value;
  }
}
