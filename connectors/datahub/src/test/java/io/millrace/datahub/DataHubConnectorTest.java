// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.credentials.ReferencedCredentials;
import io.millrace.datahub.DataHubOptions.BlobEncoding;
import io.millrace.datahub.DataHubOptions.Compression;
import io.millrace.datahub.DataHubOptions.NullForm;
import io.millrace.datahub.DataHubOptions.Protocol;
import io.millrace.datahub.DataHubOptions.TimestampUnit;
import io.millrace.dispatch.EnvelopeFormat;
import io.millrace.model.ShardRecord;
import io.millrace.options.OptionException;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DataHubConnectorTest {

  private final DataHubConnector connector = new DataHubConnector();
  private final Configuration options =
      Configuration.fromMap(
          Map.of(
              "source.endpoint", "https://dh-cn-hangzhou.aliyuncs.com",
              "source.project", "test_project_name",
              "source.topic", "test_topic_name"));

  @Test
  void defaults() {
    DataHubStream stream = stream();

    assertThat(stream.stream()).isEqualTo("test_project_name/test_topic_name");
    assertThat(stream.topicPath()).isEqualTo("/projects/test_project_name/topics/test_topic_name");
    assertThat(stream.form())
        .isEqualTo(
            new EventForm(
                List.of(), BlobEncoding.BASE64, NullForm.json, TimestampUnit.microsecond));
    assertThat(stream.wire()).isEqualTo(new WireForm(Protocol.protobuf, Compression.none));
    assertThat(stream.subscription()).isEmpty();
    assertThat(region()).isEqualTo("cn-hangzhou");
  }

  @Test
  void everyKeyCounts() {
    options.setString("source.endpoint", "http://gateway:8080/dh/");
    options.setString("source.allow-http", "true");
    options.setString("source.region", "eu-1");
    options.setString("source.blob-encoding", "utf8");
    options.setString("source.columns", "B;a");
    options.setString("source.null-form", "text");
    options.setString("source.timestamp-unit", "second");
    options.setString("source.protocol", "json");
    options.setString("source.compression", "lz4");
    options.setString("source.subscription", "1525835229905vJHtz");

    assertThat(stream().endpoint()).hasToString("http://gateway:8080/dh");
    assertThat(stream().form())
        .isEqualTo(
            new EventForm(
                List.of("b", "a"), BlobEncoding.UTF8, NullForm.text, TimestampUnit.second));
    assertThat(stream().wire()).isEqualTo(new WireForm(Protocol.json, Compression.lz4));
    assertThat(stream().subscription()).contains("1525835229905vJHtz");
    assertThat(region()).isEqualTo("eu-1");
  }

  @ParameterizedTest
  @CsvSource({
    "https://dh-cn-hangzhou.aliyuncs.com,            cn-hangzhou",
    "https://dh-cn-shanghai-int-vpc.aliyuncs.com,    cn-shanghai",
    "https://dh-ap-southeast-1.aliyuncs.com,         ap-southeast-1",
    "https://dh-cn-beijing.aliyun-inc.com,           cn-beijing",
    "http://127.0.0.1:8080,                          local",
    "http://localhost:8080,                          local",
  })
  void regionIsInTheEndpoint(String endpoint, String expected) {
    options.setString("source.endpoint", endpoint);

    assertThat(region()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "source.endpoint,      dh-cn-hangzhou.aliyuncs.com,        https://host",
    "source.endpoint,      http://dh-cn-hangzhou.aliyuncs.com, source.allow-http",
    "source.project,       ab,                                 3 to 32",
    "source.topic,         a/b,                                at most 128",
    "source.region,        a b,                                cn-hangzhou",
    "source.subscription,  a/b,                                1525835229905vJHtz",
    "source.columns,       a;b;A,                              each one once",
  })
  void refusesInOneLine(String key, String value, String says) {
    options.setString(key, value);

    assertThatThrownBy(this::stream)
        .isInstanceOf(OptionException.class)
        .hasMessageStartingWith(key + ": ")
        .hasMessageContaining(value.substring(value.length() - 1))
        .hasMessageContaining(says)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void asksForTheRegionWhereTheEndpointDoesNotTell() {
    options.setString("source.endpoint", "https://datahub.example.com");

    assertThatThrownBy(this::stream)
        .isInstanceOf(OptionException.class)
        .hasMessageStartingWith("source.region: missing")
        .hasMessageContaining("https://datahub.example.com");
  }

  private DataHubStream stream() {
    return (DataHubStream)
        connector.client(options, ReferencedCredentials.of("${ID:-a}", "${SECRET:-b}"));
  }

  private String region() {
    EnvelopeFormat format = connector.format(options);
    byte[] body = "{}".getBytes(UTF_8);
    String event =
        new String(
            format.render("0", List.of(new ShardRecord("0", 0, 1, 0, 2, body, false))), UTF_8);
    return event.replaceAll(".*\"region\":\"([^\"]*)\".*", "$1");
  }
}
