// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import static io.millrace.datahub.DataHubOptions.ALLOW_HTTP;
import static io.millrace.datahub.DataHubOptions.BLOB_ENCODING;
import static io.millrace.datahub.DataHubOptions.COLUMNS;
import static io.millrace.datahub.DataHubOptions.COMPRESSION;
import static io.millrace.datahub.DataHubOptions.ENDPOINT;
import static io.millrace.datahub.DataHubOptions.NULL_FORM;
import static io.millrace.datahub.DataHubOptions.PROJECT;
import static io.millrace.datahub.DataHubOptions.PROTOCOL;
import static io.millrace.datahub.DataHubOptions.REGION;
import static io.millrace.datahub.DataHubOptions.SUBSCRIPTION;
import static io.millrace.datahub.DataHubOptions.TIMESTAMP_UNIT;
import static io.millrace.datahub.DataHubOptions.TOPIC;

import io.millrace.credentials.CredentialsProvider;
import io.millrace.dispatch.EnvelopeFormat;
import io.millrace.ledger.DeliveryLedger;
import io.millrace.options.EndpointOption;
import io.millrace.options.OptionException;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamConnector;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** {@code source.type: datahub}. */
@PublicEvolving
public final class DataHubConnector implements StreamConnector {

  /** Lengths as the SDK checks them. */
  private static final Pattern PROJECT_NAME = Pattern.compile("[A-Za-z0-9_]{3,32}");

  private static final Pattern TOPIC_NAME = Pattern.compile("[A-Za-z0-9_]{1,128}");
  private static final Pattern REGION_NAME = Pattern.compile("[A-Za-z0-9-]{1,64}");

  private static final Pattern SUBSCRIPTION_ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  /** Public, classic-network and VPC endpoints, as DataHub's page "Endpoints" lists them. */
  private static final Pattern REGION_IN_HOST =
      Pattern.compile(
          "dh-([a-z0-9-]+?)(?:-int-vpc|-vpc|-internal)?\\.(?:aliyuncs|aliyun-inc)\\.com");

  @Override
  public String type() {
    return "datahub";
  }

  @Override
  public List<ConfigOption<?>> options() {
    return DataHubOptions.all();
  }

  @Override
  public StreamClient.Factory client(ReadableConfig options, CredentialsProvider credentials) {
    return stream(options, credentials);
  }

  @Override
  public DeliveryLedger.Factory ledger(ReadableConfig options, CredentialsProvider credentials) {
    DataHubStream stream = stream(options, credentials);
    if (stream.subscription().isEmpty()) {
      throw OptionException.missing(
          SUBSCRIPTION, "the id of a subscription, which delivery.ledger: source writes to");
    }
    return new DataHubLedger.Factory(stream);
  }

  private static DataHubStream stream(ReadableConfig options, CredentialsProvider credentials) {
    URI endpoint = endpoint(options);
    region(options, endpoint);
    String topicPath = topicPath(options);
    WireForm wire = new WireForm(options.get(PROTOCOL), options.get(COMPRESSION));
    return new DataHubStream(
        endpoint, topicPath, subscription(options), wire, form(options), credentials);
  }

  @Override
  public EnvelopeFormat format(ReadableConfig options) {
    String region = region(options, endpoint(options));
    return new DataHubEnvelopeFormat(topicPath(options), region);
  }

  private static URI endpoint(ReadableConfig options) {
    return EndpointOption.read(
        options, ENDPOINT, ALLOW_HTTP, "https://dh-cn-hangzhou.aliyuncs.com");
  }

  /** The topic's resource name, which is both its URL path and the event's source. */
  private static String topicPath(ReadableConfig options) {
    String project =
        named(options, PROJECT, PROJECT_NAME, "letters, digits and '_', 3 to 32 of them");
    String topic = named(options, TOPIC, TOPIC_NAME, "letters, digits and '_', at most 128");
    return "/projects/" + project + "/topics/" + topic;
  }

  private static String named(
      ReadableConfig options, ConfigOption<String> option, Pattern rule, String accepted) {
    String name =
        options.getOptional(option).orElseThrow(() -> OptionException.missing(option, accepted));
    if (!rule.matcher(name).matches()) {
      throw OptionException.refused(option, name, accepted);
    }
    return name;
  }

  private static String region(ReadableConfig options, URI endpoint) {
    Optional<String> given = options.getOptional(REGION);
    String accepted = "a region's name, for example cn-hangzhou";
    if (given.isPresent()) {
      if (!REGION_NAME.matcher(given.get()).matches()) {
        throw OptionException.refused(REGION, given.get(), accepted);
      }
      return given.get();
    }
    if (EndpointOption.isLoopback(endpoint)) {
      return "local";
    }
    Matcher host = REGION_IN_HOST.matcher(endpoint.getHost());
    if (!host.matches()) {
      throw OptionException.missing(
          REGION, accepted + "; the endpoint " + endpoint + " does not tell it");
    }
    return host.group(1);
  }

  private static String subscription(ReadableConfig options) {
    Optional<String> id = options.getOptional(SUBSCRIPTION);
    if (id.isPresent() && !SUBSCRIPTION_ID.matcher(id.get()).matches()) {
      throw OptionException.refused(
          SUBSCRIPTION, id.get(), "the id of a subscription, for example 1525835229905vJHtz");
    }
    return id.orElse("");
  }

  private static EventForm form(ReadableConfig options) {
    return new EventForm(
        columns(options),
        options.get(BLOB_ENCODING),
        options.get(NULL_FORM),
        options.get(TIMESTAMP_UNIT));
  }

  private static List<String> columns(ReadableConfig options) {
    Set<String> columns = new LinkedHashSet<>();
    for (String given : options.get(COLUMNS)) {
      String column = given.strip().toLowerCase(Locale.ROOT);
      if (column.isEmpty() || !columns.add(column)) {
        throw OptionException.refused(COLUMNS, given, "the names of columns, each one once");
      }
    }
    return List.copyOf(columns);
  }
}
