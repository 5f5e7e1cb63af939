"""Opening a network, Graft against Keras: from the weights file to ready to predict, taking turns.

    $(tools/python-env) tools/bench/open.py WEIGHTS [--runs 7]

WEIGHTS is VGG16's `.h5` as Keras publishes it, with the classifier or without. Each run is a process
of its own: its native library (for Keras: the import) and one tiny session come first and are not
counted; then the clock runs while the network is built, the file opened, and every weight put in its
place. `first` is the first prediction after that, `peak` the process's peak memory. `tools/graft` must
have been built and started once. `whole` is the time from the start of the process to ready.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def keras(weights, top):
    """The twin, in this process: prints the same line as Open.java."""
    import resource

    begun = time.perf_counter()
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import keras
    import numpy as np
    import tensorflow as tf

    tf.constant(1.0).numpy()
    started, processor = time.perf_counter(), time.process_time()
    model = keras.applications.VGG16(weights=None, include_top=top, input_shape=(224, 224, 3))
    model.load_weights(weights)
    ready, used = time.perf_counter(), time.process_time() - processor
    at = time.time()
    model.predict(np.zeros((1, 224, 224, 3), "float32"), verbose=0)
    done = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"native": started - begun, "open": ready - started, "cpu": used,
                      "first": done - ready, "ready": at, "peak_mib": peak}))


def graft(weights, top, app, folder):
    """Open.java in Graft's own jars, with the options and the class archive of bin/graft."""
    subprocess.run(["javac", "-nowarn", "-d", str(folder), "-cp", f"{app}/*",
                    str(ROOT / "tools/bench/Open.java")], check=True)
    subprocess.run(["jar", "cf", str(folder / "open.jar"), "-C", str(folder), "Open.class"], check=True)
    archive = sorted(app.glob("graft-*.jsa"))
    return ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xshare:auto",
            "-Xlog:disable", f"-Djava.library.path={app / 'natives'}",
            "-Dorg.bytedeco.javacpp.findLibraries=false", "-Xms48m", "-XX:MaxNewSize=32m",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-Djava.awt.headless=true",
            *([f"-XX:SharedArchiveFile={archive[0]}"] if archive else []),
            "-cp", f"{app}/*:{folder / 'open.jar'}", "Open", weights, "top" if top else ""]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("weights")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--app", type=pathlib.Path, default=ROOT / "target/app", help="Graft's jars")
    parser.add_argument("--keras", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    top = pathlib.Path(arguments.weights).stat().st_size > 200e6
    if arguments.keras:
        keras(arguments.weights, top)
        return
    folder = pathlib.Path(tempfile.mkdtemp())
    commands = {"graft": graft(arguments.weights, top, arguments.app, folder),
                "keras": [sys.executable, __file__, arguments.weights, "--keras"]}
    found = {name: [] for name in commands}
    for _ in range(arguments.runs):
        for name, command in commands.items():
            environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3")
            begun = time.time()
            done = subprocess.run(command, capture_output=True, text=True, env=environment)
            if done.returncode:
                raise SystemExit(f"exit {done.returncode} from {name}: {done.stderr[-2000:]}")
            run = json.loads(done.stdout.splitlines()[-1])
            run["whole"] = run.pop("ready") - begun
            found[name].append(run)
    shutil.rmtree(folder)
    print(f"{'medians':8s} {'whole s':>8s} {'open s':>8s} {'cpu s':>8s} {'first s':>8s} {'peak MiB':>9s}")
    median = {name: {key: statistics.median(run[key] for run in runs) for key in runs[0]}
              for name, runs in found.items()}
    for name, m in median.items():
        print(f"{name:8s} {m['whole']:8.3f} {m['open']:8.3f} {m['cpu']:8.3f} {m['first']:8.3f} {m['peak_mib']:9.0f}")
    ratio = [median["graft"][key] / median["keras"][key] for key in ("whole", "open", "cpu", "first")]
    print("ratio    " + " ".join(f"{value:8.2f}" for value in ratio))


if __name__ == "__main__":
    main()
