#!/usr/bin/env python3
"""Does a process that predicts grow? Resident memory over many predictions.

    tools/bench/leak.py [--package target/graft-VERSION-linux-x86_64.tar.gz] [--times 1000]

`java` predicts one photo again and again with one Predictor, `serve` answers as many requests over
HTTP. A small network is trained first, with the package's own data. Needs Python and a JDK. The
growth that counts is that of the last three quarters, after Java's heap and caches are warm.
"""

import argparse
import http.client
import json
import os
import pathlib
import struct
import subprocess
import sys
import tarfile
import tempfile
import urllib.parse
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIDE = 28


def png(file):
    """A grey picture with a slope in it."""
    rows = b"".join(b"\0" + bytes((x * 9 + y) % 256 for x in range(SIDE)) for y in range(SIDE))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows))
                     + chunk(b"IEND", b""))


def resident(pid):
    pages = int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") >> 10


def java(app, run, photo, times, each):
    """KiB after every `each` predictions."""
    java_home = os.environ.get("JAVA_HOME")
    command = [f"{java_home}/bin/java" if java_home else "java", "-XX:+UseSerialGC", "-Xlog:disable", "-Xmx256m",
               "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
               f"-Djava.library.path={app / 'lib/natives'}", "-cp", f"{app / 'lib'}/*",
               str(pathlib.Path(__file__).parent / "Predictions.java"), run, photo, str(times), str(each)]
    done = subprocess.run(command, capture_output=True, text=True, check=False,
                          env=dict(os.environ, TF_CPP_MIN_LOG_LEVEL="2"))
    if done.returncode != 0:
        raise SystemExit(done.stderr[-2000:])
    return {int(line.split()[0]): int(line.split()[1]) for line in done.stdout.splitlines()}


def serve(app, run, times, each):
    process = subprocess.Popen([str(app / "bin/graft"), "serve", run, "--port", "0", "--json"],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                               env=dict(os.environ, GRAFT_JAVA_OPTIONS="-Xmx256m"))
    try:
        said = ""
        while not said.endswith("}\n"):
            line = process.stdout.readline()
            if not line:
                raise SystemExit("serve ended early")
            said += line
        url = urllib.parse.urlparse(json.loads(said)["predict"])
        body = json.dumps({"instances": [[[[(x * 9 + y) % 256 / 255] for x in range(SIDE)] for y in range(SIDE)]]})
        connection = http.client.HTTPConnection(url.hostname, url.port)
        sizes = {}
        for i in range(1, times + 1):
            connection.request("POST", url.path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 200:
                raise SystemExit(f"serve answered {answer.status}: {text[:300]}")
            if i % each == 0:
                sizes[i] = resident(process.pid)
        return sizes
    finally:
        process.terminate()
        process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--package", type=pathlib.Path)
    parser.add_argument("--times", type=int, default=1000)
    arguments = parser.parse_args()
    package = arguments.package or next(iter(sorted((ROOT / "target").glob("graft-*-linux-x86_64.tar.gz"))), None)
    if package is None or not package.exists():
        parser.error("there is no package: mvn package makes target/graft-VERSION-linux-x86_64.tar.gz")
    each = max(1, arguments.times // 8)
    with tempfile.TemporaryDirectory(prefix="graft-leak-") as name:
        folder = pathlib.Path(name)
        with tarfile.open(package) as tar:
            tar.extractall(folder, filter="data")
        app = next(folder.glob("graft-*"))
        photo, run = folder / "photo.png", str(folder / "run")
        png(photo)
        subprocess.run([str(app / "bin/graft"), "train", str(app / "graphs/catalogue/plain.json"), "--set",
                        "stages.0.epochs=1", "--out", run, "--quiet"], check=True, stdout=subprocess.DEVNULL)
        rows = {"java": java(app, run, str(photo), arguments.times, each),
                "serve": serve(app, run, arguments.times, each)}
    steps = list(rows["java"])
    print("| | " + " | ".join(f"after {n}" for n in steps) + " | growth of the last three quarters |")
    print("|---" * (len(steps) + 2) + "|")
    for name, sizes in rows.items():
        values = list(sizes.values())
        growth = values[-1] - values[len(values) // 4 - 1]
        print(f"| {name} | " + " | ".join(f"{v / 1024:.1f}" for v in values) + f" | {growth / 1024:+.1f} MiB |")


if __name__ == "__main__":
    sys.exit(main())
