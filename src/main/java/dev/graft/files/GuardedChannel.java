package dev.graft.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * A file that can be read at a place, with an allowance of reads for each piece of work.
 *
 * <p>A tree in a file whose branches meet again can be made so that walking it never ends. Every
 * step of such a walk reads, so an allowance on reads ends it. Mapping is refused: a mapped file
 * that shrinks kills the JVM, and jhdf reads into memory when it cannot map.
 */
final class GuardedChannel extends FileChannel {
  private static final long MOST_READS = 2_000_000;

  private final FileChannel file;
  private final long size;
  private long readsLeft;
  private long bytesLeft;

  GuardedChannel(FileChannel file) throws IOException {
    this.file = file;
    this.size = file.size();
    renew();
  }

  /** Starts a new piece of work: enough reads for every object the file has room for. */
  synchronized void renew() {
    readsLeft = Math.min(20_000 + size / 8, MOST_READS);
    bytesLeft = (1L << 24) + 8 * size;
  }

  private synchronized void spend(int bytes) throws IOException {
    readsLeft--;
    bytesLeft -= bytes;
    if (readsLeft < 0 || bytesLeft < 0) {
      throw new IOException("its structure is read over and over without an end");
    }
  }

  /** Fills {@code target} from {@code position} on, outside any allowance. */
  void readFully(ByteBuffer target, long position) throws IOException {
    long at = position;
    while (target.hasRemaining()) {
      int count = file.read(target, at);
      if (count < 0) {
        throw new IOException("the file ends at byte " + size);
      }
      at += count;
    }
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    spend(target.remaining());
    if (position < 0 || position > size) {
      throw new IOException("byte " + position + " lies outside the file's " + size + " bytes");
    }
    return file.read(target, position);
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  protected void implCloseChannel() throws IOException {
    file.close();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long length) {
    throw new UnsupportedOperationException("not mapped");
  }

  @Override
  public int read(ByteBuffer target) {
    throw new UnsupportedOperationException("read at a place");
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) {
    throw new UnsupportedOperationException("read at a place");
  }

  @Override
  public int write(ByteBuffer source) {
    throw new UnsupportedOperationException("read only");
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) {
    throw new UnsupportedOperationException("read only");
  }

  @Override
  public int write(ByteBuffer source, long position) {
    throw new UnsupportedOperationException("read only");
  }

  @Override
  public long position() {
    throw new UnsupportedOperationException("read at a place");
  }

  @Override
  public FileChannel position(long newPosition) {
    throw new UnsupportedOperationException("read at a place");
  }

  @Override
  public FileChannel truncate(long newSize) {
    throw new UnsupportedOperationException("read only");
  }

  @Override
  public void force(boolean metaData) {
    throw new UnsupportedOperationException("read only");
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException("read at a place");
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count) {
    throw new UnsupportedOperationException("read only");
  }

  @Override
  public FileLock lock(long position, long length, boolean shared) {
    throw new UnsupportedOperationException("not locked");
  }

  @Override
  public FileLock tryLock(long position, long length, boolean shared) {
    throw new UnsupportedOperationException("not locked");
  }
}
