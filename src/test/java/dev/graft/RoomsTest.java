package dev.graft;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rooms of the code: which may know which, and who may see a third party's library. */
class RoomsTest {
  /** From the bottom up: a room may use those before it. */
  private static final List<String> ORDER =
      List.of(
          "error",
          "progress",
          "config",
          "files",
          "fetch",
          "runtime",
          "scale",
          "layers",
          "model",
          "keras",
          "network",
          "data",
          "train",
          "export",
          "report",
          "recipe",
          "advise",
          "explain",
          "",
          "serve",
          "doctor",
          "cli");

  /** Libraries, and the only rooms that may see them. */
  private static final Map<String, List<String>> LIBRARIES =
      Map.of(
          "com.fasterxml.jackson", List.of("config"),
          "io.jhdf", List.of("files"),
          "org.apache.commons.cli", List.of("cli"),
          "me.tongfei.progressbar", List.of("report"),
          "org.knowm.xchart", List.of("report"),
          // Whoever meets other processes does it there, where no wait is without an end.
          "org.tensorflow.Server", List.of("scale"),
          "org.tensorflow.TargetSession", List.of("scale"));

  private static JavaClasses classes;

  @BeforeAll
  static void read() {
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.graft");
  }

  private static String room(String packageName) {
    String rest = packageName.substring("dev.graft".length());
    int dot = rest.indexOf('.', 1);
    return rest.isEmpty() ? "" : rest.substring(1, dot < 0 ? rest.length() : dot);
  }

  @Test
  void everyRoomIsKnown() {
    assertThat(classes.stream().map(JavaClass::getPackageName).map(RoomsTest::room).distinct())
        .isSubsetOf(ORDER)
        .hasSizeGreaterThan(12);
  }

  @Test
  void aRoomUsesOnlyTheRoomsBelowIt() {
    List<String> wrong = new ArrayList<>();
    for (JavaClass from : classes) {
      int mine = ORDER.indexOf(room(from.getPackageName()));
      for (Dependency use : from.getDirectDependenciesFromSelf()) {
        String target = use.getTargetClass().getPackageName();
        if (target.startsWith("dev.graft") && ORDER.indexOf(room(target)) > mine) {
          wrong.add(use.getDescription());
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void roomsFormNoCycle() {
    slices().matching("dev.graft.(*)..").should().beFreeOfCycles().check(classes);
  }

  @Test
  void aLibraryIsSeenOnlyWhereItBelongs() {
    List<String> wrong = new ArrayList<>();
    for (JavaClass from : classes) {
      for (Dependency use : from.getDirectDependenciesFromSelf()) {
        String target = use.getTargetClass().getName();
        LIBRARIES.forEach(
            (library, rooms) -> {
              if (target.startsWith(library) && !rooms.contains(room(from.getPackageName()))) {
                wrong.add(use.getDescription());
              }
            });
      }
    }
    assertThat(wrong).isEmpty();
  }
}
