// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.emulator.dis.NewRecord;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Paths, queries and bodies as both of DIS's SDKs really sent them, let in by a token: the
 * signatures they came with are not known.
 */
class DisCapturedRequestTest {

  private static final String PROJECT = "/v2/p0000000000000000000000000000001";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Emulator emulator;

  @BeforeEach
  void start() {
    emulator = Emulator.builder().authToken("MIITOKEN").start();
    emulator.dis().createStream("newstream", 2);
    for (int i = 0; i < 12; i++) {
      emulator.dis().put("newstream", NewRecord.of("text " + i).toPartition("0"));
    }
    emulator.dis().createApp("app1");
    emulator.dis().setCheckpoint("app1", "newstream", "0", 3);
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        // The older SDK: a slash behind each path, an ampersand behind each query.
        "GET |"
            + " /streams/newstream/?start_partitionId=shardId-0000000000&stream_name=newstream&limit_partitions=100&"
            + " | - | 200 | \"partition_id\":\"shardId-0000000001\"",
        "GET |"
            + " /cursors/?starting-sequence-number=10&stream-name=newstream&partition-id=shardId-0000000000&cursor-type=AT_SEQUENCE_NUMBER&"
            + " | - | 200 | {\"partition_cursor\":\"eyJ",
        "GET |"
            + " /cursors/?stream-name=newstream&partition-id=0&cursor-type=AT_TIMESTAMP&timestamp=1527577402541&"
            + " | - | 400 | timestamp is expired",
        "GET |"
            + " /records/?app_name=app1&max_fetch_bytes=1048576&limit=100&partition-cursor=eyJnZXRJdGVyYXRvclBhcmFtIjp7fX0&"
            + " | - | 400 | DIS.4217",
        "GET | /records/?partition-cursor=ab+c/d==& | - | 400 | DIS.4217",
        "POST | /records/ |"
            + " {\"stream_name\":\"newstream\",\"records\":[{\"data\":\"d2VsY29tZQ==\",\"partition_key\":\"k1\"},{\"data\":\"eA==\",\"explicit_hash_key\":\"12\",\"partition_id\":\"shardId-0000000000\",\"timestamp\":5}]}"
            + " | 200 | {\"failed_record_count\":0,",
        "POST | /checkpoints/ |"
            + " {\"app_name\":\"app1\",\"checkpoint_type\":\"LAST_READ\",\"stream_name\":\"newstream\",\"partition_id\":\"shardId-0000000000\",\"sequence_number\":\"42\",\"metadata\":\"meta\"}"
            + " | 201 | -",
        "GET |"
            + " /checkpoints/?partition_id=shardId-0000000000&app_name=app1&stream_name=newstream&checkpoint_type=LAST_READ&"
            + " | - | 200 | {\"sequence_number\":\"3\",",
        "DELETE |"
            + " /checkpoints/?partition_id=shardId-0000000000&app_name=app1&stream_name=newstream&checkpoint_type=LAST_READ&"
            + " | - | 204 | -",
        "POST | /apps/ | {\"app_name\":\"app2\"} | 201 | -",
        "GET | /apps/app1/ | - | 200 | \"app_name\":\"app1\"",
        "GET | /apps/?limit=10& | - | 200 | \"total_number\":1",
        "DELETE | /apps/app1/ | - | 400 | DIS.4331",
        "GET |"
            + " /apps/app1/streams/newstream/?app_name=app1&stream_name=newstream&limit=100&checkpoint_type=LAST_READ&"
            + " | - | 200 |"
            + " \"partition_consuming_states\":[{\"partition_id\":\"0\",\"sequence_number\":\"3\"",
        "POST | /streams/ |"
            + " {\"private\":false,\"stream_name\":\"other\",\"stream_type\":\"COMMON\",\"partition_count\":2,\"data_duration\":24,\"is_private\":false}"
            + " | 201 | -",
        "PUT | /streams/newstream/ | {\"stream_name\":\"newstream\",\"target_partition_count\":4} |"
            + " 200 | -",
        // The newer SDK: neither, and values encoded.
        "GET | /streams/newstream?start_partitionId=shardId-0000000000&limit_partitions=100 | - |"
            + " 200 | \"has_more_partitions\":false",
        "GET | /records?partition-cursor=ab%2Bc%2Fd%3D%3D | - | 400 | DIS.4217",
        "POST | /records |"
            + " {\"stream_name\":\"newstream\",\"records\":[{\"data\":\"d2VsY29tZQ==\",\"partition_key\":\"k1\"}]}"
            + " | 200 | {\"failed_record_count\":0,",
        "POST | /streams | {\"stream_name\":\"newstream\",\"partition_count\":2} | 400 | DIS.4307",
        "GET | /apps/a/streams/s?checkpoint_type=LAST_READ | - | 400 | DIS.4332",
        // Neither has these.
        "PATCH | /streams | {} | 404 | The emulator has no operation for PATCH",
        "POST | /records | nonsense | 400 | The body is not JSON.",
        "POST | /records | {\"stream_name\":\"newstream\"} | 400 | Invalid records null.",
        "GET | /records?partition-cursor=x&max_fetch_bytes=4194305 | - | 400 | DIS.4217",
        "GET | /checkpoints?app_name=app1 | - | 400 | Invalid checkpoint_type null.",
      })
  void areUnderstood(String method, String target, String body, int status, String part)
      throws Exception {
    HttpResponse<String> answer =
        send(method, target, body == null ? new byte[0] : body.getBytes(UTF_8), "application/json");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    if (part != null) {
      assertThat(answer.body()).contains(part);
    } else if (status != 200) {
      assertThat(answer.body()).as("the older SDK takes any body for a failure").isEmpty();
    }
  }

  /**
   * Every request that was captured, with all its headers and in the order of sending; the app and
   * the stream that they make are there already. The older SDK's compressed bodies were not kept
   * whole: that SDK's own test has them.
   */
  @ParameterizedTest
  @CsvSource({
    "dis-legacy.jsonl, 200 200 400 400 400 200 201 200 204 400 200 200 204 400 400 200 200 400 200"
        + " 200",
    "dis.jsonl,        200 200 400 400 200 201 200 204 400 400 400 400 400",
  })
  void eachIsAnsweredAsItsServiceWould(String file, String statuses) throws Exception {
    List<CapturedRequest> requests = CapturedRequest.load(file);
    List<String> answered = new ArrayList<>();
    for (CapturedRequest request : requests) {
      HttpResponse<String> answer = TokenCaller.send(emulator.disEndpoint(), "MIITOKEN", request);
      assertThat(answer.body()).doesNotContain("The emulator has no operation", "not the message");
      answered.add(String.valueOf(answer.statusCode()));
    }
    assertThat(String.join(" ", answered)).isEqualTo(statuses);
  }

  @Test
  void protobufIsUnderstoodAndAnswered() throws Exception {
    HttpResponse<String> put =
        send(
            "POST",
            "/records/",
            HexFormat.of().parseHex("0a096e657773747265616d120d1a0777656c636f6d652a026b31"),
            "application/x-protobuf; charset=utf-8");
    assertThat(put.statusCode()).isEqualTo(200);
    assertThat(put.headers().firstValue("Content-Type")).contains("application/x-protobuf");
    assertThat(put.body()).contains("shardId-000000000");
    assertThat(emulator.dis().stream("newstream").count()).isEqualTo(13);
    String cursor =
        send(
                "GET",
                "/cursors?stream-name=newstream&partition-id=0&cursor-type=TRIM_HORIZON",
                new byte[0],
                "application/json")
            .body()
            .replaceAll(".*:\"(.*)\"}", "$1");
    HttpResponse<String> read =
        send(
            "GET",
            "/records/?partition-cursor=" + cursor + "&",
            new byte[0],
            "application/x-protobuf; charset=utf-8");
    assertThat(read.headers().firstValue("Content-Type")).contains("application/x-protobuf");
    assertThat(read.body()).contains("text 0", "text 11", "CreateTime");
  }

  private HttpResponse<String> send(String method, String target, byte[] body, String type)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(emulator.disEndpoint() + PROJECT + target))
            .header("X-Auth-Token", "MIITOKEN")
            .header("X-Project-Id", PROJECT.substring(4))
            .header("Content-Type", type)
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
            .build(),
        HttpResponse.BodyHandlers.ofString(ISO_8859_1));
  }
}
