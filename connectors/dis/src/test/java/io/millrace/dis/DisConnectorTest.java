// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.credentials.ReferencedCredentials;
import io.millrace.options.OptionException;
import io.millrace.source.StreamConnector;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisConnectorTest {

  private static final Map<String, String> GOOD =
      Map.of(
          "source.endpoint", "https://dis.eu-de.otc.t-systems.com/",
          "source.project-id", "0123456789abcdef0123456789abcdef",
          "source.stream", "dis-swtest");

  private final DisConnector connector = new DisConnector();

  private static Configuration with(String key, String value) {
    Map<String, String> options = new TreeMap<>(GOOD);
    if (value == null) {
      options.remove(key);
    } else {
      options.put(key, value);
    }
    return Configuration.fromMap(options);
  }

  private DisStream stream(Configuration options) {
    return (DisStream) connector.client(options, ReferencedCredentials.of("id", "${SECRET}"));
  }

  @Test
  void isFoundByItsType() {
    assertThat(ServiceLoader.load(StreamConnector.class))
        .filteredOn(found -> found.type().equals("dis"))
        .singleElement()
        .isInstanceOf(DisConnector.class)
        .returns(true, StreamConnector::acceptsAuthToken);
  }

  @Test
  void readsItsOptions() {
    DisStream stream = stream(with("source.app", "app1"));
    assertThat(stream.endpoint()).hasToString("https://dis.eu-de.otc.t-systems.com");
    assertThat(stream.stream()).isEqualTo("0123456789abcdef0123456789abcdef/dis-swtest");
    assertThat(stream.subscription()).contains("app1");
    assertThat(stream.subscriptionOption()).isEqualTo("source.app");
    assertThat(stream.reopens()).isTrue();
    assertThat(stream.maxFetchBytes()).isEqualTo(1 << 20);
    assertThat(stream.form()).isEqualTo(EventForm.DEFAULT);
    assertThat(stream(Configuration.fromMap(GOOD)).subscription()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "eu-de,https://dis.eu-de.otc.t-systems.com",
    "eu-nl,https://dis.eu-nl.otc.t-systems.com",
    "cn-north-4,https://dis.cn-north-4.myhuaweicloud.com",
    "ap-southeast-1,https://dis.ap-southeast-1.myhuaweicloud.com",
  })
  void aRegionStandsForItsEndpoint(String region, String endpoint) {
    Configuration options = with("source.endpoint", null);
    options.setString("source.region", region);
    assertThat(stream(options).endpoint()).hasToString(endpoint);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "source.endpoint | - | source.endpoint: missing; accepted: https://host[:port][/path], for"
            + " example https://dis.eu-de.otc.t-systems.com",
        "source.endpoint | dis.eu-de | source.endpoint: 'dis.eu-de' is not accepted; accepted:"
            + " https://host[:port][/path], for example https://dis.eu-de.otc.t-systems.com",
        "source.endpoint | http://dis.eu-de | source.endpoint: 'http://dis.eu-de' is not accepted;"
            + " accepted: https://…, or http:// to this machine (localhost, 127.0.0.1, [::1]);"
            + " source.allow-http: true permits plain http, which anyone on the way can read",
        "source.region | eu-de | source.region: accepted only without source.endpoint, which it"
            + " stands for",
        "source.region | EU | source.region: 'EU' is not accepted; accepted: a region's name, for"
            + " example eu-de",
        "source.project-id | - | source.project-id: missing; accepted: the id of a project, for"
            + " example 32 hex digits",
        "source.project-id | my project | source.project-id: 'my project' is not accepted;"
            + " accepted: the id of a project, for example 32 hex digits",
        "source.stream | - | source.stream: missing; accepted: letters, digits, '_' and '-', at"
            + " most 64",
        "source.stream | a/b | source.stream: 'a/b' is not accepted; accepted: letters, digits, '_'"
            + " and '-', at most 64",
        "source.app | a b | source.app: 'a b' is not accepted; accepted: letters, digits, '_' and"
            + " '-', at most 200",
        "source.fetch.max-bytes | 5 mb | source.fetch.max-bytes: '5 mb' is not accepted; accepted:"
            + " 1 kb to 4 mb",
        "source.fetch.max-bytes | 100 b | source.fetch.max-bytes: '100 bytes' is not accepted;"
            + " accepted: 1 kb to 4 mb",
        "source.tag | a b | source.tag: 'a b' is not accepted; accepted: a version or an alias, for"
            + " example latest",
      })
  void refusesWrongOptionsInOneLine(String key, String value, String message) {
    assertThatThrownBy(() -> stream(with(key, value)))
        .isInstanceOf(OptionException.class)
        .hasMessage(message);
  }
}
