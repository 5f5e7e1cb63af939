package dev.graft.scale;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.Optional;

/** A line to another worker that carries frames. Sending is thread-safe. */
final class Link implements AutoCloseable {
  private static final int MAGIC = 0x47524657;

  /** Longer ones are no frames of ours; those who send much cut it into pieces. */
  private static final int LONGEST = 1 << 27;

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;

  /** What a frame is about. */
  enum Kind {
    /** Who comes, and with what. */
    HELLO,
    /** All have come. */
    WELCOME,
    /** Who came may not take part. */
    REFUSED,
    /** One worker's part of an exchange. */
    PART,
    /** All parts of an exchange. */
    ALL,
    /** A sign of life. */
    BEAT,
    /** It is over, and why. */
    LOST,
    /** This end is done and says no more. */
    BYE
  }

  /** One message. */
  record Frame(Kind kind, byte[] body) {}

  Link(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
  }

  void send(Kind kind, byte[] body) throws IOException {
    synchronized (out) {
      out.writeInt(MAGIC);
      out.writeUTF(kind.name());
      out.writeInt(body.length);
      out.write(body);
      out.flush();
    }
  }

  /** The next frame, waited for at most {@code millis}; 0 waits until one comes or the end. */
  Frame receive(int millis) throws IOException {
    socket.setSoTimeout(millis);
    int magic = in.readInt();
    if (magic != MAGIC) {
      throw new IOException("what came is no message of a Graft worker");
    }
    String name = in.readUTF();
    Optional<Kind> kind =
        Arrays.stream(Kind.values()).filter(each -> each.name().equals(name)).findFirst();
    int length = in.readInt();
    if (kind.isEmpty() || length < 0 || length > LONGEST) {
      throw new IOException("what came is no message that this Graft knows");
    }
    // Read as it comes: who only claims to send much takes no memory.
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new IOException("the line was cut in the middle of a message");
    }
    return new Frame(kind.get(), body);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // Nothing more comes through it either way.
    }
  }
}
