#!/usr/bin/env python3
"""How soon the packaged command line is there: whole processes, from start to end.

    tools/bench/startup.py [--package target/graft-VERSION-linux-x86_64.tar.gz] [--runs 9] [--java-home DIR]...

Needs nothing but Python and Java. The package is unpacked into a new folder and started once with
each Java, which makes its class-data archive; then `graft --version` and `graft predict` take turns.
The prediction loads TensorFlow, reads a small trained model, runs it and writes the answer, so its
time is an upper bound for that of the first session run. Medians count; the smallest times say what
an idle machine would give, and the load average how idle this one was.
"""

import argparse
import os
import pathlib
import statistics
import struct
import subprocess
import sys
import tarfile
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIMITS = {"--version": 0.15, "first prediction": 0.6}


def npy(file, rows, side):
    """A float32 array of zeros, as numpy.save writes it."""
    head = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {side}, {side}, 1), }}"
    head += " " * (63 - (len(head) + 10) % 64) + "\n"
    file.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode()
                     + bytes(4 * rows * side * side))


def run(command, environment):
    """Seconds from start to end, seconds of the processors, and what was printed."""
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read().decode(errors="replace")
    if process.returncode != 0:
        raise SystemExit(f"exit {process.returncode} from {' '.join(command)}\n{text[-2000:]}")
    return seconds, usage.ru_utime + usage.ru_stime, text


def java_version(environment):
    home = environment.get("JAVA_HOME")
    java = f"{home}/bin/java" if home else "java"
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=True).stderr
    return said.split('"')[1]


def measure(package, home, runs):
    """Rows of the table, for one Java."""
    with tempfile.TemporaryDirectory(prefix="graft-startup-") as name:
        folder = pathlib.Path(name)
        with tarfile.open(package) as tar:
            tar.extractall(folder, filter="data")
        graft = str(next(folder.glob("graft-*/bin/graft")))
        recipe = str(next(folder.glob("graft-*/graphs/catalogue/plain.json")))
        environment = dict(os.environ, GRAFT_HOME=str(folder / "home"))
        if home:
            environment["JAVA_HOME"] = home
        npy(folder / "x.npy", 2, 28)
        model = str(folder / "run")
        first = run([graft, "train", recipe, "--set", "stages.0.epochs=1", "--out", model], environment)[0]
        commands = {
            "--version": [graft, "--version"],
            "first prediction": [graft, "predict", model, str(folder / "x.npy"), "--out", str(folder / "y.npy")],
        }
        times = {name: [] for name in commands}
        for _ in range(runs):
            for name, command in commands.items():
                times[name].append(run(command, environment))
        version = java_version(environment)
        print(f"Java {version}: the very first start, with training, took {first:.1f} s", file=sys.stderr)
        rows = []
        for name, all_times in times.items():
            wall = [seconds for seconds, _, _ in all_times]
            middle = statistics.median(wall)
            rows.append([version, name, f"{middle:.2f}", f"{min(wall):.2f} to {max(wall):.2f}",
                         f"{statistics.median(t[1] for t in all_times):.2f}", f"{LIMITS[name]:.2f}",
                         "yes" if middle <= LIMITS[name] else "NO"])
        return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--package", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--java-home", action="append", default=[], help="several times for several Javas")
    arguments = parser.parse_args()
    package = arguments.package or next(iter(sorted((ROOT / "target").glob("graft-*-linux-x86_64.tar.gz"))), None)
    if package is None or not package.exists():
        parser.error("there is no package: mvn package makes target/graft-VERSION-linux-x86_64.tar.gz")
    print(f"load average before: {os.getloadavg()[0]:.2f}, processors: {os.cpu_count()}", file=sys.stderr)
    rows = [["Java", "start to end", "median s", "all s", "processor s", "limit s", "within"], ["---"] * 7]
    for home in arguments.java_home or [None]:
        rows += measure(package, home, arguments.runs)
    print(f"load average after: {os.getloadavg()[0]:.2f}", file=sys.stderr)
    print("\n".join("| " + " | ".join(row) + " |" for row in rows))


if __name__ == "__main__":
    main()
