import dev.graft.Graft;
import dev.graft.recipe.Predictor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Predicts a photo many times in one process, and prints its resident memory along the way. */
public class Predictions {
  /** Arguments: a run folder, a photo, how many times, how often to print. */
  public static void main(String[] arguments) throws Exception {
    List<Path> photo = List.of(Path.of(arguments[1]));
    int times = Integer.parseInt(arguments[2]);
    int each = Integer.parseInt(arguments[3]);
    try (Predictor predictor = Graft.standard().open(arguments[0])) {
      for (int i = 1; i <= times; i++) {
        predictor.pictures(photo);
        if (i % each == 0) {
          String status = Files.readString(Path.of("/proc/self/status"));
          System.out.println(i + " " + status.replaceAll("(?s).*VmRSS:\\s*(\\d+).*", "$1"));
        }
      }
    }
    Runtime.getRuntime().halt(0);
  }
}
