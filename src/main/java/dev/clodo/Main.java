package dev.clodo;

/** The wiring: the only class that knows both the ports and their adapters. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.out.println("clodo");
  }
}
