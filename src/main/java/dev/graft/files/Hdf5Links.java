package dev.graft.files;

import io.jhdf.Constants;
import io.jhdf.FractalHeap;
import io.jhdf.GroupImpl;
import io.jhdf.HdfFile;
import io.jhdf.ObjectHeader;
import io.jhdf.api.Group;
import io.jhdf.btree.BTreeV2;
import io.jhdf.btree.record.LinkNameForIndexedGroupRecord;
import io.jhdf.object.message.LinkInfoMessage;
import io.jhdf.object.message.LinkMessage;
import io.jhdf.storage.HdfBackingStorage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The order of a group's children.
 *
 * <p>Old groups are kept sorted by name. New groups may number their links as they are made (h5py's
 * {@code track_order}); jhdf reads the numbers but gives the links in the order of their hashes.
 */
final class Hdf5Links {
  private Hdf5Links() {}

  static List<String> names(HdfFile file, Group group) {
    List<String> names = new ArrayList<>(group.getChildren().keySet());
    // The root comes as the file itself, which hides its header.
    Group header = group instanceof HdfFile root ? (Group) byAddress(root) : group;
    if (header instanceof GroupImpl known && known.isLinkCreationOrderTracked()) {
      return links(file.getHdfBackingStorage(), known.getHeader()).stream()
          .sorted(Comparator.comparingLong(LinkMessage::getCreationOrder))
          .map(LinkMessage::getLinkName)
          .toList();
    }
    names.sort(Comparator.naturalOrder());
    return names;
  }

  private static Object byAddress(HdfFile root) {
    return root.getNodeByAddress(root.getAddress());
  }

  private static List<LinkMessage> links(HdfBackingStorage storage, ObjectHeader header) {
    LinkInfoMessage info = header.getMessageOfType(LinkInfoMessage.class);
    if (info.getBTreeNameIndexAddress() == Constants.UNDEFINED_ADDRESS) {
      return header.getMessagesOfType(LinkMessage.class);
    }
    FractalHeap heap = new FractalHeap(storage, info.getFractalHeapAddress());
    BTreeV2<LinkNameForIndexedGroupRecord> index =
        new BTreeV2<>(storage, info.getBTreeNameIndexAddress());
    return index.getRecords().stream()
        .map(link -> LinkMessage.fromBuffer(heap.getId(link.getId()), storage.getSuperblock()))
        .toList();
  }
}
