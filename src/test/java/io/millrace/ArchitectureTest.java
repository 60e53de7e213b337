// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.CanBeAnnotated.Predicates.annotatedWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.apache.flink.annotation.Internal;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;

/** The walls inside the core. */
@AnalyzeClasses(packages = "io.millrace", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  /** Flink's markers of what is public; they are documentation, not behaviour. */
  private static final String ANNOTATIONS = "org.apache.flink.annotation..";

  /** Where Flink's internals may be touched; the manual's page on them names the same packages. */
  private static final String[] INTERNALS = {
    "io.millrace.source.runtime..", "io.millrace.dispatch.operator..", "io.millrace.control.."
  };

  private static final DescribedPredicate<JavaClass> FLINK =
      resideInAPackage("org.apache.flink..").and(not(resideInAPackage(ANNOTATIONS)));

  private static final DescribedPredicate<JavaClass> FLINK_INTERNALS =
      FLINK
          .and(
              resideInAnyPackage(
                      "org.apache.flink.runtime..",
                      "org.apache.flink.streaming.runtime..",
                      "org.apache.flink.streaming.api.operators..")
                  .or(assignableTo(DataStreamUtils.class))
                  .or(annotatedWith(Internal.class)))
          .as("are Flink's internals");

  /** What the enumerator's Flink face is made of; everything else in its package decides. */
  private static final DescribedPredicate<JavaClass> ENUMERATOR_SHELL =
      DescribedPredicate.describe(
          "the enumerator's shell",
          type ->
              type.getName().startsWith("io.millrace.source.enumerator.ShardEnumerator")
                  || type.getName().startsWith("io.millrace.source.enumerator.EnumeratorState"));

  @ArchTest
  static final ArchRule thePureCoreDoesNotKnowFlink =
      noClasses()
          .that()
          .resideInAnyPackage("io.millrace.model..", "io.millrace.dispatch.lane..")
          .or(resideInAPackage("io.millrace.source.enumerator..").and(not(ENUMERATOR_SHELL)))
          .should()
          .dependOnClassesThat(FLINK)
          .because("what can be subtly wrong is tested in milliseconds, without a cluster");

  @ArchTest
  static final ArchRule flinksInternalsStayInTheirPackages =
      noClasses()
          .that()
          .resideOutsideOfPackages(INTERNALS)
          .should()
          .dependOnClassesThat(FLINK_INTERNALS)
          .because("an upgrade of Flink must be a matter of these packages");

  @ArchTest
  static final ArchRule noCloudIsNamed =
      noClasses()
          .should()
          .haveNameMatching(
              "(?i).*(datahub|aliyun|alibaba|huawei|functiongraph|functioncompute|\\bdis\\b).*")
          .because("a cloud is a connector's matter");

  @ArchTest
  static final ArchRule noSdkIsNeeded =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.aliyun..", "com.aliyuncs..", "com.huaweicloud..");

  @ArchTest
  static final ArchRule nobodySleepsAndNobodyExits =
      noClasses()
          .should()
          .callMethod(Thread.class, "sleep", long.class)
          .orShould()
          .callMethod(Thread.class, "sleep", long.class, int.class)
          .orShould()
          .callMethod(System.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "halt", int.class);

  @ArchTest
  static final ArchRule namesSayWhatAClassIs =
      classes().should().haveNameNotMatching(".*(Manager|Helper|Utils?|Impl)(\\$.*)?");

  @ArchTest
  static final ArchRule whatAllFeaturesUseUsesNoFeature =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.millrace.model..",
              "io.millrace.http..",
              "io.millrace.credentials..",
              "io.millrace.options..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.millrace.source..",
              "io.millrace.dispatch..",
              "io.millrace.ledger..",
              "io.millrace.control..");
}
