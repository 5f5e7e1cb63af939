"""Graft's training loop against Keras's `fit`: seconds an epoch of the same work, taking turns.

    $(tools/python-env) tools/bench/fit.py [--runs 2] [--only mnist-SGD,mnist-Adam,mnist-Adadelta,vgg,memory]

Whole processes run A B C A B C on the same machine; an epoch's figure is the median of the epochs
after the first of a process, the table's the median over its processes, and the ratio that of those
medians, with the smallest epochs beside. `mnist` is two convolutions on 12,800 pictures of
28 x 28 in batches of 128; `vgg` is a frozen VGG16 without cache and a head of 256 units on 96
pictures of 112 x 112 in batches of 16. The pictures are random: time does not depend on them.
`memory`, which must be asked for, trains 10,000 steps and prints the process's resident memory
along the way. bfloat16 is for processors with avx512_bf16 or AMX, and is measured on two of the works.
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

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
BENCH = ROOT / "tools/bench"
BFLOAT16 = ("mnist-Adam", "vgg")
MNIST = [f"mnist-{optimizer}" for optimizer in ("SGD", "Adam", "Adadelta")]


def make_data(folder):
    random = np.random.default_rng(1)
    for name, shape in (("mnist", (12800, 28, 28, 1)), ("vgg", (96, 112, 112, 3))):
        (folder / name).mkdir()
        np.save(folder / name / "x.npy", random.random(shape, np.float32))
        np.save(folder / name / "y.npy", (np.arange(shape[0]) % 10).astype(np.int32))
        shutil.copy(BENCH / f"{name}.json", folder / name)


def commands(case, folder, graft):
    net, _, optimizer = case.partition("-")
    optimizer = optimizer or "Adam"
    data, batch = folder / net, {"mnist": 128, "vgg": 16}[net]
    ours = [graft, "train", str(data / f"{net}.json"), "--set", f"stages.0.optimizer={optimizer}",
            "--quiet"]
    keras = [sys.executable, str(BENCH / "keras_fit.py"), net, "--data", str(data), "--batch",
             str(batch), "--optimizer", optimizer, "--epochs", "4"]
    programs = {"graft": ours, "keras": keras}
    if case in BFLOAT16:
        programs["graft bfloat16"] = [*ours, "--precision", "bfloat16"]
    return programs


def epoch_seconds(command, out):
    shutil.rmtree(out, ignore_errors=True)
    done = subprocess.run([*command, "--out", str(out)], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"exit {done.returncode} from {' '.join(command)}\n{done.stderr[-2000:]}")
    return [epoch["seconds"] for epoch in json.loads((out / "history.json").read_text())][1:]


def compare(case, folder, graft, runs):
    seconds = {}
    for turn in range(runs):
        for name, command in commands(case, folder, graft).items():
            epochs = epoch_seconds(command, folder / "out")
            seconds.setdefault(name, []).append(epochs)
            print(f"{case} {turn + 1}/{runs} {name}: {statistics.median(epochs):.2f} s an epoch, load "
                  f"{os.getloadavg()[0]:.1f}", file=sys.stderr, flush=True)
    keras = statistics.median(statistics.median(e) for e in seconds["keras"])
    fastest = min(min(e) for e in seconds["keras"])
    for name, all_epochs in seconds.items():
        middle = statistics.median(statistics.median(e) for e in all_epochs)
        least = min(min(e) for e in all_epochs)
        print(f"| {case} | {name} | {runs} | {middle:.2f} | {middle / keras:.2f} | {least:.2f} | "
              f"{least / fastest:.2f} |", flush=True)


def memory(folder, graft):
    command = [graft, "train", str(folder / "mnist/mnist.json"), "--quiet", "--set", "data.train.take=512",
               "--set", "stages.0.batch_size=8", "--set", "stages.0.epochs=157", "--out", str(folder / "memory")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    history = folder / "memory/history.json"
    shown = 0
    while process.poll() is None:
        time.sleep(0.5)
        steps = len(json.loads(history.read_text())) * 64 if history.exists() else 0
        if steps >= shown + 1000:
            shown = steps
            pages = int(pathlib.Path(f"/proc/{process.pid}/statm").read_text().split()[1])
            print(f"after {steps} steps: {pages * os.sysconf('SC_PAGE_SIZE') >> 20} MiB", flush=True)
    if process.returncode != 0:
        raise SystemExit(f"exit {process.returncode}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--only", default=",".join([*MNIST, "vgg"]))
    parser.add_argument("--graft", default=str(ROOT / "tools/graft"), help="the launcher to measure")
    arguments = parser.parse_args()
    subprocess.run([arguments.graft, "help"], check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory(prefix="graft-fit-") as name:
        folder = pathlib.Path(name)
        make_data(folder)
        print("| work | program | processes | s an epoch | ratio to Keras | least | ratio of least |")
        print("|---|---|---|---|---|---|---|", flush=True)
        for case in arguments.only.split(","):
            if case == "memory":
                memory(folder, arguments.graft)
            else:
                compare(case, folder, arguments.graft, arguments.runs)


if __name__ == "__main__":
    main()
