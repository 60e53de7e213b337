// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** A console that runs: its server, its watch and its desk. */
final class Console implements AutoCloseable {

  private final ClusterWatch watch;
  private final CommandDesk desk;
  private final ConsoleServer server;

  private Console(ClusterWatch watch, CommandDesk desk, ConsoleServer server) {
    this.watch = watch;
    this.desk = desk;
    this.server = server;
  }

  /**
   * What a console is started with.
   *
   * @param shownAddress of the cluster
   * @param listen where; port 0 for any free one
   * @param token that must be known; empty for none
   * @param names under which it may be reached
   */
  record Settings(
      String shownAddress, InetSocketAddress listen, Optional<Token> token, Set<String> names) {}

  /**
   * Starts it.
   *
   * @param tell gets a line when the cluster comes or goes
   * @throws IOException if it cannot listen there
   */
  static Console start(
      Settings settings, Cluster.Factory clusters, InstantSource clock, Consumer<String> tell)
      throws IOException {
    ClusterWatch watch = new ClusterWatch(clusters.open(), clock, tell);
    CommandDesk desk = new CommandDesk(clusters.open(), clock, watch::hurry);
    Pages pages = new Pages();
    Gate gate = new Gate(settings.token(), new Sessions(clock), settings.names());
    Api api = new Api(settings.shownAddress(), watch, desk, gate, pages, clock);
    try {
      ConsoleServer server = ConsoleServer.start(settings.listen(), gate, api, pages);
      watch.start();
      desk.start();
      return new Console(watch, desk, server);
    } catch (IOException e) {
      watch.close();
      desk.close();
      throw e;
    }
  }

  int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.close();
    desk.close();
    watch.close();
  }
}
