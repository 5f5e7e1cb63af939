package dev.graft.data;

import dev.graft.error.DataException;
import dev.graft.progress.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Data sets of image files: a folder of class folders, a folder of images, one image. */
final class FolderSets {
  private FolderSets() {}

  /** A folder of class folders, or one that holds such folders as train, val and test. */
  static Dataset open(Path folder, Context context) {
    Path part = Folders.part(folder, context.role());
    if (part == null && context.role() == Context.Role.TEST) {
      part = Folders.part(folder, Context.Role.VALIDATION);
    }
    return classes(part == null ? folder : part, context);
  }

  /** A folder of class folders; the classes are the folders' names, sorted. */
  static Dataset classes(Path folder, Context context) {
    Folders listing = new Folders();
    List<Path> folders = listing.folders(folder);
    if (folders.isEmpty()) {
      int images = listing.images(folder).size();
      throw new DataException(
          FileNames.display(folder)
              + ": expected a folder for each class with its images inside, came "
              + (images == 0 ? "neither folders nor images" : images + " images and no folder")
              + ". Sort the images into folders, or give a 'csv' of files and labels.");
    }
    List<Path> files = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    List<String> names = folders.stream().map(FileNames::name).toList();
    if (context.classes().isEmpty() && names.size() == 1) {
      throw new DataException(
          FileNames.display(folder)
              + ": expected two classes or more, came only '"
              + names.get(0)
              + "'. Add a folder with images of something else.");
    }
    for (int i = 0; i < folders.size(); i++) {
      List<Path> images = listing.imagesBelow(folders.get(i));
      if (images.isEmpty()) {
        throw new DataException(
            FileNames.display(folders.get(i))
                + ": the class folder has no images. Put some in, or remove the folder.");
      }
      files.addAll(images);
      for (int n = 0; n < images.size(); n++) {
        labels.add(i);
      }
    }
    tell(folder, listing, context.progress());
    return Dataset.of(
        FileNames.display(folder),
        new Column.Pictures(files),
        new Target.Classes(labels.stream().mapToInt(Integer::intValue).toArray(), names.size()),
        names);
  }

  /** Images without labels: a folder, searched to the bottom, or one file. */
  static Dataset images(Path path, Context context) {
    if (Files.isRegularFile(path)) {
      return Dataset.of(
          FileNames.display(path), new Column.Pictures(List.of(path)), null, List.of());
    }
    Folders listing = new Folders();
    List<Path> files = listing.imagesBelow(path);
    if (files.isEmpty()) {
      throw new DataException(FileNames.display(path) + ": has no images. Check the path.");
    }
    tell(path, listing, context.progress());
    return Dataset.of(FileNames.display(path), new Column.Pictures(files), null, List.of());
  }

  private static void tell(Path folder, Folders listing, Progress progress) {
    int count = listing.ignored().size();
    if (count > 0) {
      progress.on(
          new Progress.Message(
              FileNames.display(folder)
                  + ": "
                  + count
                  + (count == 1 ? " file is no image" : " files are no images")
                  + " by name and left out: "
                  + String.join(", ", listing.ignored().subList(0, Math.min(5, count)))
                  + (count > 5 ? ", …" : "")));
    }
  }
}
