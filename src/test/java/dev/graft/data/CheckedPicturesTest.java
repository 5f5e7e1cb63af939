package dev.graft.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.config.Config;
import dev.graft.error.DataException;
import dev.graft.fetch.Places;
import dev.graft.progress.Progress;
import dev.graft.runtime.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that were checked before are not decoded again, unless anything about them changed. */
class CheckedPicturesTest {
  private static final Path PHOTO = ImagesTest.GOLDENS.resolve("files/photo.jpg");

  @TempDir Path folder;
  private Path file;
  private Path store;
  private final List<String> said = new ArrayList<>();

  @BeforeEach
  void photo() throws IOException {
    file = Files.copy(PHOTO, folder.resolve("a.jpg"));
    store = folder.resolve("store");
    assumeTrue(Files.getFileStore(file).supportsFileAttributeView("unix"), "no unix attributes");
  }

  private CheckedPictures set() {
    return CheckedPictures.of(store, List.of(file), Preprocessing.none());
  }

  private static Instant later() {
    return Instant.now().plusSeconds(3);
  }

  @Test
  void whatWasKeptIsKnownAndNothingElse() {
    assertThat(set().known()).isFalse();
    set().keep(later());
    assertThat(set().known()).isTrue();
    Preprocessing other =
        Preprocessing.read(Config.parse("{\"exif\": true}", "image"), Preprocessing.none());
    assertThat(CheckedPictures.of(store, List.of(file), other).known()).isFalse();
    assertThat(CheckedPictures.of(store, List.of(file, file), Preprocessing.none()).known())
        .isFalse();
    // Again is no mistake.
    set().keep(later());
  }

  @Test
  void aFileOfThisMomentIsNotKept() {
    set().keep(Instant.now());
    assertThat(set().known()).isFalse();
  }

  @Test
  void aByteThatChangedUnderTheOldDateIsNoticed() throws IOException {
    set().keep(later());
    FileTime date = Files.getLastModifiedTime(file);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    Files.setLastModifiedTime(file, date);
    assertThat(set().known()).isFalse();
  }

  @Test
  void aFileThatWasPutInItsPlaceIsNoticed() throws IOException {
    set().keep(later());
    Path other = Files.copy(file, folder.resolve("b.jpg"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
    assertThat(set().known()).isFalse();
  }

  @Test
  void aMissingFileIsLeftToTheCheck() throws IOException {
    set().keep(later());
    Files.delete(file);
    assertThat(set().known()).isFalse();
    set().keep(later());
  }

  private Dataset check() {
    Dataset data =
        Dataset.of(
            "photos",
            new Column.Pictures(List.of(file)),
            new Target.Classes(new int[1], 2),
            List.of("a", "b"));
    Progress progress =
        event -> {
          if (event instanceof Progress.Message message) {
            said.add(message.text());
          }
        };
    Places places = Places.standard(null, null, null, Map.of("GRAFT_HOME", store.toString()));
    return data.checked(
        new Preparation(Preprocessing.none(), Labels.CATEGORICAL),
        false,
        Settings.standard(),
        Context.training(folder, places, progress));
  }

  @Test
  void theCheckSaysThatItIsLeftOutAndFindsWhatBroke() throws IOException {
    check();
    // The photo is of this moment, so it is checked again.
    check();
    assertThat(said).isEmpty();
    Path proofs = store.resolve("cache/checked");
    CheckedPictures.of(proofs, List.of(file), Preprocessing.none()).keep(later());
    check();
    assertThat(said).containsExactly("photos: 1 image, checked before and not changed since");
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(this::check).isInstanceOf(DataException.class).hasMessageContaining("a.jpg");
    CheckedPictures.forget(store.resolve("cache"));
    assertThat(proofs).doesNotExist();
  }
}
