// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import java.util.Map;
import org.apache.flink.api.common.ExecutionConfig.GlobalJobParameters;

/** What a job tells about itself to those who look at it over Flink's REST interface. */
final class JobParameters extends GlobalJobParameters {

  private static final long serialVersionUID = 1L;

  private final Map<String, String> values;

  JobParameters(Map<String, String> values) {
    this.values = Map.copyOf(values);
  }

  @Override
  public Map<String, String> toMap() {
    return values;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof JobParameters that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }
}
