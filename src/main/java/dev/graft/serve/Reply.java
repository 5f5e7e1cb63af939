package dev.graft.serve;

/** What goes back over HTTP. */
record Reply(int code, String type, String body) {
  static Reply json(String body) {
    return new Reply(200, "application/json", body);
  }

  static Reply error(int code, String message) {
    return new Reply(code, "application/json", Replies.error(message));
  }
}
