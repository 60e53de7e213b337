// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.dis.DisCalls.Entry;
import io.millrace.model.ShardRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Events in a Go program whose structs follow the vendor's runtime: needs {@code go} on the path.
 * What it checks is asserted without Go in {@link DisEnvelopeFormatTest}.
 */
@Tag("ci")
@Timeout(300)
class GoHandlerTest {

  private static final long FETCHED_AT = 1509606392191L;

  @TempDir private static Path directory;

  private static Path program;

  private record Run(int exitCode, String out, String err) {}

  @BeforeAll
  static void compile() throws Exception {
    program = directory.resolve("handler");
    try (InputStream source = GoHandlerTest.class.getResourceAsStream("/go/main.go")) {
      Files.copy(source, directory.resolve("main.go"));
    }
    Run build = run(List.of("go", "build", "-o", program.toString(), "main.go"), "");
    assertThat(build.exitCode()).as(build.err()).isZero();
  }

  @Test
  void understandsTheManualsExample() throws Exception {
    assertThat(handle(DisEnvelopeFormatTest.EXAMPLE).out())
        .isEqualTo(DisEnvelopeFormatTest.EXAMPLE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void understandsAnEventOfOurs(boolean more) throws Exception {
    EventForm form = more ? new EventForm("v2", true, true, true) : EventForm.DEFAULT;
    RecordEncoder encoder = new RecordEncoder(form);
    List<ShardRecord> records =
        IntStream.range(0, 100)
            .mapToObj(
                i ->
                    new ShardRecord(
                        "shardId-0000000007",
                        0,
                        i,
                        0,
                        FETCHED_AT,
                        encoder.encode(
                            new Entry(
                                i,
                                FETCHED_AT,
                                i % 2 == 0 ? "" : "Zürich \"" + i,
                                Base64.getEncoder().encodeToString(("order " + i).getBytes(UTF_8)),
                                "CreateTime"),
                            FETCHED_AT),
                        false))
            .toList();
    String event =
        new String(
            new DisEnvelopeFormat("orders", form).render("shardId-0000000007", records), UTF_8);

    String understood = handle(event).out();

    ObjectMapper json = new ObjectMapper();
    if (more) {
      assertThat(json.readTree(understood).path("Message").path("records")).hasSize(100);
      assertThat(json.readTree(understood).path("Tag").asText()).isEqualTo("v2");
      assertThat(json.readTree(understood).path("Message").path("millis_behind_latest").asText())
          .isEqualTo(json.readTree(event).path("Message").path("millis_behind_latest").textValue());
    } else {
      assertThat(json.readTree(understood)).isEqualTo(json.readTree(event));
    }
  }

  /** The documented type of a sequence, which its own example and runtime contradict. */
  @Test
  void refusesANumberForASequence() throws Exception {
    Run run =
        run(
            List.of(program.toString()),
            DisEnvelopeFormatTest.EXAMPLE.replace(
                "\"sequence_number\":\"0\"", "\"sequence_number\":0"));
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("cannot unmarshal number");
  }

  private static Run handle(String event) throws Exception {
    Run run = run(List.of(program.toString()), event);
    assertThat(run.exitCode()).as(run.err()).isZero();
    return run;
  }

  private static Run run(List<String> command, String input)
      throws IOException, InterruptedException {
    Path in = Files.writeString(directory.resolve("in"), input);
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(directory.toFile());
    builder.environment().put("GOCACHE", directory.resolve("cache").toString());
    builder.environment().put("GO111MODULE", "off");
    builder.redirectInput(in.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
    int exitCode = builder.start().waitFor();
    return new Run(exitCode, Files.readString(out), Files.readString(err));
  }
}
