package dev.clodo.adapter.sql;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * Which process took a lease, so that a holder that was killed is known to be dead at once.
 *
 * @param machine where the number means something: host, boot and process namespace
 * @param started tells a process from a later one with the same number; 0 when unknown
 */
record HolderProcess(String machine, long pid, long started) {
  static HolderProcess current() {
    var self = ProcessHandle.current();
    return new HolderProcess(machineName(), self.pid(), startOf(self));
  }

  /** Whether it has certainly ended. A process of another machine can't be judged from here. */
  boolean isDead() {
    if (!machine.equals(machineName())) {
      return false;
    }
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(p -> started == 0 || startOf(p) == 0 || startOf(p) == started)
        .isEmpty();
  }

  private static long startOf(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  String written() {
    return pid + " " + started + " " + machine;
  }

  static HolderProcess read(String written) {
    var words = written.split(" ", 3);
    return new HolderProcess(words[2], Long.parseLong(words[0]), Long.parseLong(words[1]));
  }

  private static String machineName() {
    return host() + " " + boot() + " " + namespace();
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  /** Linux only; elsewhere the host's name has to do. */
  private static String boot() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    } catch (IOException e) {
      return "-";
    }
  }

  /** Containers on one host count their processes separately. */
  private static String namespace() {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
    } catch (IOException | UnsupportedOperationException e) {
      return "-";
    }
  }
}
