// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.process;

import io.millrace.bench.scenario.Pair;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.TlsMaterial;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The emulated DataHub and DIS with one stream at a time, and what fills it. A process of its own.
 * Orders:
 *
 * <ul>
 *   <li>{@code open PAIR NAME SHARDS IDLE BYTES MILLIS on|off}: makes a stream, with shards besides
 *       that get no records, and whose fetches take so much longer, over TLS or not; the one before
 *       is deleted. Answers with the service's address and the id of a subscription
 *   <li>{@code put COUNT}: puts records, each shard in turn
 *   <li>{@code pace RATE MILLIS FILE}: puts so many records a second for so long, and writes shard,
 *       sequence and time of each
 * </ul>
 */
public final class StreamServer {

  private static final int AT_ONCE = 500;

  /** More than the services have, to see what would be. */
  private static final int MOST_SHARDS = 2000;

  private final Emulator plain;
  private final Emulator secure;
  private Optional<FedStream> stream = Optional.empty();
  private int shards;
  private long written;

  private StreamServer(TlsMaterial tls) {
    plain = Emulator.builder().mostShards(MOST_SHARDS).start();
    secure = Emulator.builder().mostShards(MOST_SHARDS).tls(Optional.of(tls)).start();
  }

  /**
   * Serves until standard input ends.
   *
   * @param arguments key store and its password
   */
  public static void main(String[] arguments) throws IOException {
    StreamServer server = new StreamServer(new TlsMaterial(Path.of(arguments[0]), arguments[1]));
    Orders.serve(server::carryOut);
  }

  private String carryOut(String verb, List<String> arguments) throws Exception {
    return switch (verb) {
      case "open" ->
          open(
              new FedStream.Order(
                  Pair.named(arguments.get(0)).orElseThrow(),
                  arguments.get(1),
                  Integer.parseInt(arguments.get(2)),
                  Integer.parseInt(arguments.get(3)),
                  Integer.parseInt(arguments.get(4)),
                  Integer.parseInt(arguments.get(5))),
              arguments.get(6).equals("on"));
      case "put" -> {
        put(Long.parseLong(arguments.get(0)));
        yield "";
      }
      case "pace" -> {
        pace(
            Integer.parseInt(arguments.get(0)),
            Long.parseLong(arguments.get(1)),
            Path.of(arguments.get(2)));
        yield "";
      }
      default -> throw new IllegalArgumentException("no order: " + verb);
    };
  }

  private String open(FedStream.Order order, boolean tls) {
    stream.ifPresent(FedStream::delete);
    FedStream opened = FedStream.make(tls ? secure : plain, order);
    stream = Optional.of(opened);
    shards = order.shards();
    written = 0;
    return opened.endpoint() + " " + opened.subscription();
  }

  private void put(long count) {
    FedStream into = stream.orElseThrow();
    for (long left = count; left > 0; ) {
      int batch = (int) Math.min(left, AT_ONCE);
      into.put(written, batch);
      written += batch;
      left -= batch;
    }
  }

  private void pace(int rate, long millis, Path file) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    long count = rate * millis / 1000;
    try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
      for (long i = 0; i < count; i++) {
        long due = begin + i * 1_000_000_000L / rate;
        TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
        int shard = (int) (written % shards);
        long sequence = written / shards;
        long at = Micros.now();
        put(1);
        out.println(shard + " " + sequence + " " + at);
      }
    }
  }
}
