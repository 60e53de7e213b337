// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import io.millrace.cli.Millrace;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;

/** The walls between the modules; those inside the core are its own test's matter. */
@AnalyzeClasses(packages = "io.millrace", importOptions = ImportOption.DoNotIncludeTests.class)
class ModulesArchitectureTest {

  private static final String DATAHUB = "io.millrace.datahub..";
  private static final String DIS = "io.millrace.dis..";
  private static final String FUNCTION_COMPUTE = "io.millrace.functioncompute..";
  private static final String FUNCTION_GRAPH = "io.millrace.functiongraph..";
  private static final String[] STREAMS = {DATAHUB, DIS};
  private static final String[] FUNCTIONS = {FUNCTION_COMPUTE, FUNCTION_GRAPH};
  private static final String[] CONNECTORS = {DATAHUB, DIS, FUNCTION_COMPUTE, FUNCTION_GRAPH};

  private static final DescribedPredicate<JavaClass> OPTIONS =
      resideInAPackage("org.apache.flink.annotation..")
          .or(equivalentTo(ReadableConfig.class))
          .or(equivalentTo(ConfigOption.class))
          .or(equivalentTo(ConfigOptions.class))
          .or(equivalentTo(ConfigOptions.OptionBuilder.class))
          .or(equivalentTo(ConfigOptions.TypedConfigOptionBuilder.class))
          .or(equivalentTo(ConfigOptions.ListConfigOptionBuilder.class))
          .or(equivalentTo(MemorySize.class));

  private static DescribedPredicate<JavaClass> millraceBut(String... packages) {
    return resideInAPackage("io.millrace..")
        .and(not(resideInAnyPackage(packages)))
        .as("are of Millrace, but not of " + String.join(", ", packages));
  }

  @ArchTest
  static final ArchRule connectorsSeeFlinkAsOptionsOnly =
      noClasses()
          .that()
          .resideInAnyPackage(CONNECTORS)
          .should()
          .dependOnClassesThat(resideInAPackage("org.apache.flink..").and(not(OPTIONS)));

  @ArchTest
  static final ArchRule connectorsSeeTheCoreAsItsInterfaces =
      noClasses()
          .that()
          .resideInAnyPackage(CONNECTORS)
          .should()
          .dependOnClassesThat(
              millraceBut(
                  DATAHUB,
                  DIS,
                  FUNCTION_COMPUTE,
                  FUNCTION_GRAPH,
                  "io.millrace.model",
                  "io.millrace.source",
                  "io.millrace.dispatch",
                  "io.millrace.http",
                  "io.millrace.credentials",
                  "io.millrace.inquiry",
                  "io.millrace.ledger",
                  "io.millrace.options"));

  @ArchTest
  static final ArchRule streamsDoNotKnowFunctions =
      noClasses()
          .that()
          .resideInAnyPackage(STREAMS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(FUNCTIONS);

  @ArchTest
  static final ArchRule functionsDoNotKnowStreams =
      noClasses()
          .that()
          .resideInAnyPackage(FUNCTIONS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(STREAMS);

  @ArchTest
  static final ArchRule functionsDoNotKnowEachOther =
      SlicesRuleDefinition.slices()
          .matching("io.millrace.(function*)..")
          .should()
          .notDependOnEachOther();

  @ArchTest
  static final ArchRule disDoesNotKnowDataHub =
      noClasses()
          .that()
          .resideInAPackage(DIS)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(DATAHUB);

  @ArchTest
  static final ArchRule theEmulatorSharesNothingWithWhatItTests =
      noClasses()
          .that()
          .resideInAPackage("io.millrace.emulator..")
          .should()
          .dependOnClassesThat(millraceBut("io.millrace.emulator.."));

  @ArchTest
  static final ArchRule theOracleTrustsNobody =
      noClasses()
          .that()
          .resideInAPackage("io.millrace.e2e.oracle..")
          .should()
          .dependOnClassesThat(millraceBut("io.millrace.e2e.oracle.."));

  @ArchTest
  static final ArchRule theClusterRunsAnyJob =
      noClasses()
          .that()
          .resideInAPackage("io.millrace.standalone..")
          .should()
          .dependOnClassesThat(millraceBut("io.millrace.standalone.."));

  @ArchTest
  static final ArchRule onlyACommandOnTheTerminalSleeps =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.millrace.cli..")
          .should()
          .callMethod(Thread.class, "sleep", long.class)
          .orShould()
          .callMethod(Thread.class, "sleep", long.class, int.class)
          .because("a task or a server is woken; a command may wait before it asks again");

  @ArchTest
  static final ArchRule onlyTheProgramExits =
      noClasses()
          .that()
          .doNotBelongToAnyOf(Millrace.class)
          .should()
          .callMethod(System.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "halt", int.class);
}
