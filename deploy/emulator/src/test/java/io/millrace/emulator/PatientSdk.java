// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import com.aliyun.datahub.client.http.HttpConfig;
import com.aliyun.teautil.models.RuntimeOptions;
import java.time.Duration;

/** Vendors' clients that wait for long: their own limits are for clouds, not for busy machines. */
final class PatientSdk {

  private static final int MILLIS = (int) Duration.ofMinutes(2).toMillis();

  private PatientSdk() {}

  /** What DataHub's client is to be built with. */
  static HttpConfig dataHub() {
    return new HttpConfig().setConnTimeout(MILLIS).setReadTimeout(MILLIS);
  }

  /** What an invocation by Function Compute 3.0's client is to be made with. */
  static RuntimeOptions functionCompute() {
    return new RuntimeOptions().setConnectTimeout(MILLIS).setReadTimeout(MILLIS);
  }
}
