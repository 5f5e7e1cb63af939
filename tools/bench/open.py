"""Opening a network, Graft against Keras: from the weights file to ready to predict, taking turns.

    $(tools/python-env) tools/bench/open.py WEIGHTS [--runs 7]

WEIGHTS is VGG16's `.h5` as Keras publishes it, with the classifier or without. Each run is a process
of its own: its native library (for Keras: the import) and one tiny session come first and are not
counted; then the clock runs while the network is built, the file opened, and every weight put in its
place. `first` is the first prediction after that, `peak` the process's peak memory. `tools/graft` must
have been built. GRAFT_CLASSPATH, when set, takes the place of the built jars.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
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
    model.predict(np.zeros((1, 224, 224, 3), "float32"), verbose=0)
    done = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"native": started - begun, "open": ready - started, "cpu": used,
                      "first": done - ready, "peak_mib": peak}))


def graft(weights, top):
    path = os.environ.get("GRAFT_CLASSPATH") or str(ROOT / "target/app/*")
    command = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx512m",
               f"-Djava.library.path={ROOT / 'target/app/natives'}",
               "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp", path,
               str(ROOT / "tools/bench/Open.java"), weights, "top" if top else ""]
    return command


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("weights")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--keras", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    top = pathlib.Path(arguments.weights).stat().st_size > 200e6
    if arguments.keras:
        keras(arguments.weights, top)
        return
    commands = {"graft": graft(arguments.weights, top),
                "keras": [sys.executable, __file__, arguments.weights, "--keras"]}
    found = {name: [] for name in commands}
    for _ in range(arguments.runs):
        for name, command in commands.items():
            environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3")
            done = subprocess.run(command, capture_output=True, text=True, env=environment)
            if done.returncode:
                raise SystemExit(f"exit {done.returncode} from {name}: {done.stderr[-2000:]}")
            found[name].append(json.loads(done.stdout.splitlines()[-1]))
    print(f"{'medians':8s} {'open s':>8s} {'cpu s':>8s} {'first s':>8s} {'peak MiB':>9s}")
    median = {name: {key: statistics.median(run[key] for run in runs) for key in runs[0]}
              for name, runs in found.items()}
    for name, m in median.items():
        print(f"{name:8s} {m['open']:8.3f} {m['cpu']:8.3f} {m['first']:8.3f} {m['peak_mib']:9.0f}")
    print(f"ratio    {median['graft']['open'] / median['keras']['open']:8.2f} "
          f"{median['graft']['cpu'] / median['keras']['cpu']:8.2f}")


if __name__ == "__main__":
    main()
