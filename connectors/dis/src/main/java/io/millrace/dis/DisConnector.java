// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import static io.millrace.dis.DisOptions.ALLOW_HTTP;
import static io.millrace.dis.DisOptions.APP;
import static io.millrace.dis.DisOptions.ENDPOINT;
import static io.millrace.dis.DisOptions.FETCH_MAX_BYTES;
import static io.millrace.dis.DisOptions.MILLIS_BEHIND_LATEST;
import static io.millrace.dis.DisOptions.MISSPELT_CURSOR;
import static io.millrace.dis.DisOptions.PROJECT_ID;
import static io.millrace.dis.DisOptions.RECORD_TIMESTAMPS;
import static io.millrace.dis.DisOptions.REGION;
import static io.millrace.dis.DisOptions.STREAM;
import static io.millrace.dis.DisOptions.TAG;

import io.millrace.credentials.CredentialsProvider;
import io.millrace.dispatch.EnvelopeFormat;
import io.millrace.ledger.DeliveryLedger;
import io.millrace.options.EndpointOption;
import io.millrace.options.OptionException;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamConnector;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;

/** {@code source.type: dis}. */
@PublicEvolving
public final class DisConnector implements StreamConnector {

  private static final Pattern PROJECT = Pattern.compile("[A-Za-z0-9-]{1,64}");

  /** As the API reference says, at most 64; some of its pages say 60. */
  private static final Pattern STREAM_NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  private static final Pattern APP_NAME = Pattern.compile("[A-Za-z0-9_-]{1,200}");
  private static final Pattern REGION_NAME = Pattern.compile("[a-z]+(-[a-z]+)+(-?[0-9]+)?");
  private static final Pattern TAG_TEXT = Pattern.compile("[A-Za-z0-9._!-]{1,64}");

  /** Of Open Telekom Cloud. */
  private static final Set<String> OTC = Set.of("eu-de", "eu-nl");

  private static final MemorySize LEAST_BYTES = MemorySize.parse("1kb");
  private static final MemorySize MOST_BYTES = MemorySize.ofMebiBytes(4);

  @Override
  public String type() {
    return "dis";
  }

  @Override
  public boolean acceptsAuthToken() {
    return true;
  }

  @Override
  public List<ConfigOption<?>> options() {
    return DisOptions.all();
  }

  @Override
  public StreamClient.Factory client(ReadableConfig options, CredentialsProvider credentials) {
    return stream(options, credentials);
  }

  @Override
  public DeliveryLedger.Factory ledger(ReadableConfig options, CredentialsProvider credentials) {
    DisStream stream = stream(options, credentials);
    if (stream.app().isEmpty()) {
      throw OptionException.missing(
          APP, "the name of an app, whose checkpoints delivery.ledger: source writes");
    }
    return new DisLedger.Factory(stream);
  }

  @Override
  public EnvelopeFormat format(ReadableConfig options) {
    return new DisEnvelopeFormat(streamName(options), form(options));
  }

  private static DisStream stream(ReadableConfig options, CredentialsProvider credentials) {
    return new DisStream(
        endpoint(options),
        named(options, PROJECT_ID, PROJECT, "the id of a project, for example 32 hex digits"),
        streamName(options),
        app(options),
        maxFetchBytes(options),
        form(options),
        credentials);
  }

  private static String streamName(ReadableConfig options) {
    return named(options, STREAM, STREAM_NAME, "letters, digits, '_' and '-', at most 64");
  }

  private static URI endpoint(ReadableConfig options) {
    Optional<String> region = options.getOptional(REGION);
    if (region.isEmpty()) {
      return EndpointOption.read(
          options, ENDPOINT, ALLOW_HTTP, "https://dis.eu-de.otc.t-systems.com");
    }
    if (!REGION_NAME.matcher(region.get()).matches()) {
      throw OptionException.refused(REGION, region.get(), "a region's name, for example eu-de");
    }
    if (options.getOptional(ENDPOINT).isPresent()) {
      throw new OptionException(
          REGION.key() + ": accepted only without " + ENDPOINT.key() + ", which it stands for");
    }
    String cloud = OTC.contains(region.get()) ? "otc.t-systems.com" : "myhuaweicloud.com";
    return URI.create("https://dis." + region.get() + "." + cloud);
  }

  private static String named(
      ReadableConfig options, ConfigOption<String> option, Pattern rule, String accepted) {
    String name =
        options.getOptional(option).orElseThrow(() -> OptionException.missing(option, accepted));
    return matching(option, name, rule, accepted);
  }

  private static String matching(
      ConfigOption<String> option, String value, Pattern rule, String accepted) {
    if (!rule.matcher(value).matches()) {
      throw OptionException.refused(option, value, accepted);
    }
    return value;
  }

  private static String app(ReadableConfig options) {
    return options
        .getOptional(APP)
        .map(app -> matching(APP, app, APP_NAME, "letters, digits, '_' and '-', at most 200"))
        .orElse("");
  }

  private static int maxFetchBytes(ReadableConfig options) {
    MemorySize bytes = options.get(FETCH_MAX_BYTES);
    if (bytes.compareTo(LEAST_BYTES) < 0 || bytes.compareTo(MOST_BYTES) > 0) {
      throw OptionException.refused(FETCH_MAX_BYTES, bytes, "1 kb to 4 mb");
    }
    return Math.toIntExact(bytes.getBytes());
  }

  private static EventForm form(ReadableConfig options) {
    return new EventForm(
        matching(TAG, options.get(TAG), TAG_TEXT, "a version or an alias, for example latest"),
        options.get(RECORD_TIMESTAMPS),
        options.get(MILLIS_BEHIND_LATEST),
        options.get(MISSPELT_CURSOR));
  }
}
