// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import static io.millrace.cli.MistakenTrigger.NOBODY;
import static io.millrace.cli.MistakenTrigger.RIGHT;
import static io.millrace.cli.MistakenTrigger.fromDis;
import static io.millrace.cli.MistakenTrigger.line;
import static io.millrace.cli.MistakenTrigger.toFunctionGraph;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.MistakenTrigger.Mistake;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What users get wrong about DIS and FunctionGraph, whose keys and tokens are of IAM. */
final class WrongIamInputTest {

  private static final String STREAM = "endpoint: STREAMS\nproject-id: p1\nstream: clicks\n";
  private static final String NAMED = "endpoint: GRAPH\nurn: urn:fss:eu-de:p1:function:default:f\n";

  private static MistakenTrigger trigger;

  @TempDir private Path directory;

  @BeforeAll
  static void start() {
    trigger = new MistakenTrigger();
  }

  @AfterAll
  static void stop() {
    trigger.close();
  }

  /** In the source's section of a trigger from DIS. */
  private static Mistake dis(String lines, String says) {
    return new Mistake("dis: " + lines.strip(), text -> fromDis(text, lines), says);
  }

  /** In the function's section of a trigger to FunctionGraph. */
  private static Mistake functionGraph(String lines, String says) {
    return new Mistake(
        "functiongraph: " + lines.strip(), text -> toFunctionGraph(text, lines), says);
  }

  static Stream<Mistake> mistakes() {
    return Stream.of(
        // DIS.
        dis("project-id: p1\nstream: clicks", "source.endpoint: missing; accepted: https://host"),
        dis(
            "endpoint: dis.eu-de\nproject-id: p1\nstream: clicks",
            "source.endpoint: 'dis.eu-de' is not accepted; accepted: https://host"),
        dis(
            "endpoint: http://dis.eu-de.otc.t-systems.com\nproject-id: p1\nstream: clicks",
            "source.allow-http: true permits plain http"),
        dis(
            STREAM + "region: eu-de",
            "source.region: accepted only without source.endpoint, which it stands for"),
        dis(
            "region: EU\nproject-id: p1\nstream: clicks",
            "source.region: 'EU' is not accepted; accepted: a region's name, for example eu-de"),
        dis(
            "endpoint: STREAMS\nstream: clicks",
            "source.project-id: missing; accepted: the id of a project"),
        dis(
            "endpoint: STREAMS\nproject-id: my project\nstream: clicks",
            "source.project-id: 'my project' is not accepted; accepted: the id of a project"),
        dis(
            "endpoint: STREAMS\nproject-id: p1",
            "source.stream: missing; accepted: letters, digits, '_' and '-', at most 64"),
        dis(
            "endpoint: STREAMS\nproject-id: p1\nstream: a/b",
            "source.stream: 'a/b' is not accepted; accepted: letters, digits, '_' and '-'"),
        dis(
            STREAM + "app: a b",
            "source.app: 'a b' is not accepted; accepted: letters, digits, '_' and '-', at most"),
        dis(STREAM + "app: app1", "source.app: accepted only with delivery.ledger: source or"),
        dis(
            STREAM + "fetch.max-bytes: 5 mb",
            "source.fetch.max-bytes: '5 mb' is not accepted; accepted: 1 kb to 4 mb"),
        dis(
            STREAM + "fetch.max-bytes: 100 b",
            "source.fetch.max-bytes: '100 bytes' is not accepted; accepted: 1 kb to 4 mb"),
        dis(
            STREAM + "fetch.max-bytes: lots",
            "source.fetch.max-bytes: 'lots' is not accepted; accepted: a size"),
        dis(STREAM + "tag: a b", "source.tag: 'a b' is not accepted; accepted: a version or an"),
        dis(STREAM + "topic: orders", "source.topic: there is no such key"),
        dis(STREAM + "blob-encoding: utf8", "source.blob-encoding: there is no such key"),
        dis(STREAM + "allow-http: perhaps", "'perhaps' is not accepted; accepted: true"),
        dis(
            STREAM + "start: subscription",
            "source.app: missing; accepted: what keeps the offsets of p1/clicks"),
        dis(STREAM + "start: sequence", "source.start-sequences: missing; accepted: a sequence"),
        dis(
            STREAM + "start: sequence\nstart-sequences: {shardId-0000000007: 0}",
            "accepted: shards of the stream: shardId-0000000000, shardId-0000000001"),
        dis(
            STREAM + "start: sequence\nstart-sequences: {shardId-0000000000: 9}",
            "source.start-sequences: 9 is not accepted; accepted: a sequence that the partition"),
        dis(
            STREAM + "credentials: {auth-token: MIIx}",
            "source.credentials.auth-token: the value is not a reference"),
        dis(
            STREAM + "credentials: {auth-token: '${file:OTHER_SECRET}'}",
            "DIS p1/clicks: APIGW.0301, HTTP 401"),
        dis(
            STREAM
                + "credentials: {access-key-id: testid, access-key-secret: '${file:OTHER_SECRET}'}",
            "DIS p1/clicks: APIGW.0301, HTTP 401"),
        dis("endpoint: STREAMS\nproject-id: p1\nstream: none", "DIS p1/none: DIS.4301, HTTP 4"),
        dis(
            "endpoint: http://localhost:1\nproject-id: p1\nstream: clicks",
            "http://localhost:1: not connected: Connection refused"),
        dis(
            "endpoint: https://" + NOBODY + "\nproject-id: p1\nstream: clicks",
            "https://" + NOBODY + ": not connected: the name does not resolve"),
        new Mistake(
            "dis: a ledger without an app",
            text -> fromDis(text, STREAM) + "delivery.ledger: source\n",
            "source.app: missing; accepted: the name of an app, whose checkpoints"),
        // FunctionGraph.
        functionGraph("urn: f", "function.endpoint: missing; accepted: https://host"),
        functionGraph("endpoint: GRAPH", "function.urn: missing; accepted: urn:fss:"),
        functionGraph("endpoint: GRAPH\nurn: a/b", "function.urn: 'a/b' is not accepted"),
        functionGraph("endpoint: GRAPH\nurn: f", "function.region: missing"),
        functionGraph(
            "endpoint: GRAPH\nurn: f\nregion: eu-de",
            "function.project-id: missing; accepted: the project's id"),
        functionGraph(
            "endpoint: GRAPH\nurn: f\nregion: eu de\nproject-id: p1",
            "function.region: 'eu de' is not accepted"),
        functionGraph(
            NAMED + "project-id: p2", "accepted: a name in p2, which function.project-id says"),
        functionGraph(
            NAMED + "region: eu-nl", "accepted: a name in eu-nl, which function.region says"),
        functionGraph(
            "endpoint: https://functiongraph.eu-nl.otc.t-systems.com\n"
                + "urn: urn:fss:eu-de:p1:function:default:f",
            "accepted: a name in eu-nl, which function.endpoint says"),
        functionGraph(NAMED + "service: s", "function.service: there is no such key"),
        functionGraph(NAMED + "invocation: async", "function.invocation: there is no such key"),
        functionGraph(NAMED + "timeout: 4 d", "function.timeout: '345600000 ms' is not accepted"),
        functionGraph(NAMED + "max-event-size: 7 mb", "function.max-event-size: '7 mb' is not"),
        functionGraph(NAMED + "log-tail: perhaps", "'perhaps' is not accepted; accepted: true"),
        functionGraph(
            "endpoint: http://functiongraph.eu-de.otc.t-systems.com\n"
                + "urn: urn:fss:eu-de:p1:function:default:f",
            "function.allow-http: true permits plain http"),
        functionGraph(
            "endpoint: GRAPH\nurn: urn:fss:eu-de:p1:function:default:no", "HTTP 404 FSS.1051"),
        functionGraph(
            "endpoint: GRAPH\nurn: urn:fss:eu-de:p1:function:default:f:!no", "HTTP 404 FSS.1053"),
        functionGraph(NAMED + "credentials: {auth-token: MIIx}", "the value is not a reference"),
        functionGraph(
            NAMED + "credentials: {auth-token: '${file:OTHER_SECRET}'}", "HTTP 401 APIGW.0301"),
        functionGraph(
            NAMED + "credentials: {auth-token: '${file:SECRET}', access-key-id: testid}",
            "is given beside function.credentials.access-key-id; accepted: one of the two"),
        line(
            "  topic: orders\n",
            "  topic: orders\n  credentials: {auth-token: '${file:SECRET}'}\n",
            "source.credentials.auth-token: is not accepted with source.type: datahub"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mistakes")
  void isAnsweredWithOneLine(Mistake mistake) {
    trigger.assertAnsweredWithOneLine(directory, mistake);
  }

  @Test
  void withoutAMistakeAllIsWellFromDis() {
    String text = fromDis(RIGHT, STREAM + "app: app1\n") + "delivery.ledger: source\n";

    assertThat(trigger.checked(directory, text))
        .contains("stream: p1/clicks, BLOB, COMMON, 24 h, 2 shards, 2 open")
        .contains("ledger: app app1 of p1/clicks")
        .contains("warning: app app1 can be written by anybody");
    assertThat(trigger.emulator().dis().apps()).as("check makes nothing").isEmpty();
    assertThat(trigger.emulator().dis().commits()).isEmpty();
  }

  @Test
  void withoutAMistakeAllIsWellWithFunctionGraph() {
    assertThat(trigger.checked(directory, toFunctionGraph(RIGHT, NAMED)))
        .contains("function: urn:fss:eu-de:p1:function:default:f:latest at ")
        // The emulator's function may run for ten minutes.
        .contains("warning: function.timeout: 120000 ms is less than the 600 s")
        .contains("warning: the function may run for 600 s, and its service answers nothing after");
  }

  @Test
  void withoutAMistakeAllIsWellFromDisToFunctionGraph() {
    assertThat(trigger.checked(directory, toFunctionGraph(fromDis(RIGHT, STREAM), NAMED)))
        .contains("stream: p1/clicks, ")
        .contains("function: urn:fss:eu-de:p1:function:default:f:latest at ");
  }
}
