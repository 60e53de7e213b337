// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.control.Verb;
import io.millrace.dispatch.lane.SkipTarget;
import io.millrace.job.ControlClient;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * An operator who looks at shards and commands them as {@code millrace} does: a command is asked
 * for with its id until it is as far as it is to be, whatever dies meanwhile. Used by one thread.
 */
final class Operator implements AutoCloseable {

  private final ProvingGround ground;
  private final Control control;

  /** One command to one shard. */
  static final class Order {
    private final Verb verb;
    private final String shard;
    private final SkipTarget skip;
    private String id = UUID.randomUUID().toString();
    private String stage = "";
    private String missed = "";

    private Order(Verb verb, String shard, SkipTarget skip) {
      this.verb = verb;
      this.shard = shard;
      this.skip = skip;
    }

    static Order of(Verb verb, String shard) {
      return new Order(verb, shard, null);
    }

    static Order skip(String shard, SkipTarget target) {
      return new Order(Verb.SKIP, shard, target);
    }

    boolean isDurable() {
      return stage.equals(Control.DURABLE);
    }

    private void tooLate(String reason) {
      if (verb == Verb.RETRY) {
        // The attempt was made just then: the next one is asked for.
        id = UUID.randomUUID().toString();
        stage = "";
      } else {
        missed = reason;
      }
    }

    @Override
    public String toString() {
      return verb.name().toLowerCase(Locale.ROOT) + " " + shard;
    }
  }

  Operator(ProvingGround ground) {
    this.ground = ground;
    this.control = new Control(ground);
  }

  /** Returns when the tasks have done some commands. */
  void awaitApplied(Collection<Order> orders) throws IOException, InterruptedException {
    await("applied", orders, order -> Control.APPLIED.contains(order.stage));
  }

  /** Returns when no failure can undo some commands. */
  void awaitDurable(Collection<Order> orders) throws IOException, InterruptedException {
    await("durable", orders, Order::isDurable);
  }

  private void await(String what, Collection<Order> orders, Predicate<Order> reached)
      throws IOException, InterruptedException {
    try {
      ground.await(
          orders + " are " + what,
          () -> {
            orders.stream().filter(order -> !reached.test(order)).forEach(this::ask);
            return orders.stream().allMatch(each -> reached.test(each) || !each.missed.isEmpty());
          });
    } catch (IOException e) {
      throw new IOException(e.getMessage() + "; the last answer: " + control.trouble(), e);
    }
    for (Order order : orders) {
      if (!order.missed.isEmpty()) {
        throw new IOException(order + " came too late: " + order.missed);
      }
    }
  }

  private void ask(Order order) {
    give(order)
        .ifPresent(
            answer -> {
              // What is refused now may fit later: a call under way ends, a shard is told of.
              for (JsonNode target : answer.get("shards")) {
                order.stage = target.get("stage").asText();
                if (order.stage.equals("MISSED")) {
                  order.tooLate(target.get("reason").asText());
                }
              }
            });
  }

  private Optional<ObjectNode> give(Order order) {
    return control.ask(
        (client, job) ->
            order.skip == null
                ? client.command(job, order.id, order.verb, Optional.of(order.shard))
                : client.skip(job, order.id, order.shard, order.skip));
  }

  /** Fails unless the job answers that durable commands are durable. */
  void confirm(Collection<Order> orders) throws IOException, InterruptedException {
    for (Order order : orders) {
      ObjectNode[] answer = new ObjectNode[1];
      ground.await(
          order + " is answered",
          () -> {
            answer[0] = give(order).orElse(null);
            return answer[0] != null;
          });
      if (!answer[0].at("/shards/0/stage").asText().equals(Control.DURABLE)) {
        throw new IOException(order + " was durable, and is answered with " + answer[0]);
      }
    }
  }

  /** Returns how a shard stands, when it stands in some way. */
  JsonNode awaitShard(String shard, String how, Predicate<JsonNode> condition)
      throws IOException, InterruptedException {
    JsonNode[] found = new JsonNode[1];
    ground.await(
        "shard %s %s".formatted(shard, how),
        () -> {
          for (JsonNode each : shards()) {
            if (each.path("shard").asText().equals(shard) && condition.test(each)) {
              found[0] = each;
              return true;
            }
          }
          return false;
        });
    return found[0];
  }

  private Iterable<JsonNode> shards() {
    return control
        .ask(ControlClient::status)
        .map(status -> (Iterable<JsonNode>) status.path("shards"))
        .orElse(List.of());
  }

  @Override
  public void close() {
    control.close();
  }
}
