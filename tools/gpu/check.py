#!/usr/bin/env python3
"""Graft on a GPU: the checks that need a card, in one go, and a report of them.

    mvn -Pgpu-folder package                      # once: target/gpu-lib, 2.5 GB of downloads
    PYTHON tools/gpu/check.py [--python PYTHON] [--weights vgg16_notop.h5] [--report gpu-check.md]
    PYTHON tools/gpu/check.py --device cpu        # a dry run on any machine, of what can be tried there

PYTHON is one with tensorflow[and-cuda] 2.18, for the comparison on the same card; numpy is needed by
this script itself. Every check ends as PASS, FAIL or "not tried" with the reason; exit 1 after a FAIL.
"""

import argparse
import csv
import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
RECIPE = {
    "graft": 1, "name": "gpu-check", "seed": 42,
    "model": {"layers": [
        {"Conv2D": {"filters": 16, "kernel_size": 3, "activation": "relu"}}, "BatchNormalization",
        "MaxPooling2D", {"Conv2D": {"filters": 32, "kernel_size": 3}}, "BatchNormalization",
        {"Activation": {"activation": "relu"}}, "Flatten",
        {"Dense": {"units": 64, "activation": "relu"}}, {"Dense": {"units": "classes", "activation": "softmax"}}]},
    "data": {"train": {"dataset": "fashion-mnist-sample", "part": "train", "take": 512},
             "validation": {"dataset": "fashion-mnist-sample", "part": "test", "take": 256},
             "image": {"size": [28, 28], "color": "grayscale", "rescale": "1/255"}},
    "stages": [{"optimizer": {"SGD": {"learning_rate": 0.01}}, "loss": "sparse_categorical_crossentropy",
                "metrics": ["accuracy"], "epochs": 2, "batch_size": 32}],
    "export": ["keras"],
}
LOG = {"TF_CPP_MIN_LOG_LEVEL": "0", "TF_CPP_VMODULE": "dso_loader=3"}
EXACT = {"NVIDIA_TF32_OVERRIDE": "0"}


class NotTried(Exception):
    """Why a check could not be made here."""


@dataclasses.dataclass
class Ran:
    code: int
    out: str
    err: str
    seconds: float
    peak_mib: float


class Bench:
    """Where the checks run, and what they share."""

    def __init__(self, arguments, folder):
        self.graft_command = arguments.graft
        self.device = arguments.device
        self.gpu = arguments.device != "cpu"
        self.python = arguments.python
        self.weights = arguments.weights
        self.folder = folder
        self.gpu_folder = os.environ.get("GRAFT_GPU", str(ROOT / "target/gpu-lib"))
        self.notes = []

    def graft(self, *words, device=None, env=None):
        return self.start([self.graft_command, *words, "--device", device or self.device], env)

    def start(self, command, env=None):
        environment = dict(os.environ, **(env or {}))
        if self.gpu and pathlib.Path(self.gpu_folder).exists():
            environment.setdefault("GRAFT_GPU", self.gpu_folder)
        out, err = self.folder / "stdout", self.folder / "stderr"
        with open(out, "wb") as o, open(err, "wb") as e:
            began = time.perf_counter()
            process = subprocess.Popen(command, stdout=o, stderr=e, env=environment)
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - began
            process.returncode = os.waitstatus_to_exitcode(status)
        return Ran(process.returncode, out.read_text(errors="replace"), err.read_text(errors="replace"),
                   seconds, usage.ru_maxrss / 1024)

    def need_gpu(self):
        if not self.gpu:
            raise NotTried("a dry run has no GPU")

    def need_python(self):
        if self.python is None:
            raise NotTried("no --python with TensorFlow was given")

    def need_weights(self):
        if self.weights is None or not self.weights.exists():
            raise NotTried("no VGG16 weights: graft weights fetch vgg16-notop, or --weights FILE")

    def note(self, title, text):
        self.notes.append((title, text.strip()))


def good(ran, what):
    if ran.code != 0:
        raise AssertionError(f"{what}: exit {ran.code}: {(ran.err or ran.out).strip().splitlines()[-1:]}")
    return ran


def doctor(bench, **more):
    ran = bench.graft("doctor", "--json", **more)
    return ran, {check["name"]: check for check in json.loads(ran.out)["checks"]}, json.loads(ran.out)


def driver(bench):
    """1. driver and card seen, TensorFlow's own words"""
    ran = bench.graft("doctor", env=LOG)
    words = [line for line in ran.err.splitlines() if re.search(r"dso_loader|cuda|cuInit|GPU|StreamExecutor", line)]
    bench.note("doctor", ran.out)
    bench.note("TensorFlow's log, folder", "\n".join(words[:60]))
    if shutil.which("nvidia-smi"):
        smi = subprocess.run(["nvidia-smi"], capture_output=True, text=True, check=False)
        bench.note("nvidia-smi", smi.stdout)
    good(ran, "doctor")
    bench.need_gpu()
    return "doctor finds nothing broken"


def placed(bench):
    """2. the device is listed, and a convolution runs on it"""
    ran, checks, report = doctor(bench)
    good(ran, "doctor")
    names = [device["name"] for device in report["devices"]]
    assert bench.device in names, f"devices: {names}"
    detail = checks[f"{bench.device} float32"]["detail"]
    assert f" on {bench.device}" in detail, detail
    return detail


def trained(bench, device, out, *words):
    recipe = bench.folder / "recipe.json"
    recipe.write_text(json.dumps(RECIPE))
    return bench.graft("train", str(recipe), "--out", str(bench.folder / out), "--quiet", *words,
                       device=device, env=EXACT)


def losses(bench, out):
    with open(bench.folder / out / "history.csv", newline="", encoding="utf-8") as file:
        return [float(row["loss"]) for row in csv.DictReader(file)]


def gradients(bench):
    """3. convolution, batch normalisation, pooling, matrix product, softmax, and their gradients"""
    good(trained(bench, bench.device, "here"), "train")
    good(trained(bench, "cpu", "there"), "train on the CPU")
    here, there = losses(bench, "here"), losses(bench, "there")
    apart = max(abs(a - b) / abs(b) for a, b in zip(here, there))
    assert apart <= 1e-3, f"losses {here} against {there}"
    return f"losses of 32 steps within {apart:.1e} of the CPU's (allowed 1e-03)"


def pictures(bench):
    """Prepared pictures as VGG16 takes them, the same for every check; few where there is no GPU."""
    path = bench.folder / "x.npy"
    if not path.exists():
        shape = (512 if bench.gpu else 4, 224, 224, 3)
        np.save(path, np.random.default_rng(1).normal(0, 60, shape).astype(np.float32))
    return str(path)


def forward(bench):
    """4. VGG16 forward, against the CPU and Python's TensorFlow, without TF32"""
    bench.need_weights()
    x = pictures(bench)
    here, there = (str(bench.folder / name) for name in ("here.npy", "there.npy"))
    small = str(bench.folder / "small.npy")
    np.save(small, np.load(x)[:8])
    model = ["features", "vgg16", "--weights", str(bench.weights), "--preprocess", "none",
             "--at", "block5_pool", "--data", small]
    good(bench.graft(*model, "--out", here, env=EXACT), "features")
    good(bench.graft(*model, "--out", there, device="cpu"), "features on the CPU")
    text = [compared("CPU", here, there)]
    if bench.python is None:
        return "; ".join(text) + "; Python not tried: no --python"
    keras = bench.start([bench.python, str(ROOT / "tools/gpu/keras_forward.py"), str(bench.weights), small, there],
                        EXACT if bench.gpu else {"CUDA_VISIBLE_DEVICES": ""})
    good(keras, "keras_forward.py")
    text.append(compared("Python", here, there))
    return "; ".join(text)


def compared(name, here, there):
    a, b = np.load(here), np.load(there)
    apart = float(np.abs(a - b).max() / np.abs(b).max())
    assert apart <= 1e-4, f"{apart:.1e} from {name}"
    return f"within {apart:.1e} of {name} (allowed 1e-04)"


def first_use(bench):
    """5. the first run compiles for this card; the second finds what was compiled"""
    bench.need_gpu()
    cache = bench.folder / "compiled"
    env = {"CUDA_CACHE_PATH": str(cache), "CUDA_CACHE_MAXSIZE": str(4 << 30)}
    first, second = (good(bench.graft("doctor", env=env), "doctor").seconds for _ in range(2))
    size = sum(file.stat().st_size for file in cache.rglob("*") if file.is_file()) >> 20 if cache.exists() else 0
    assert second <= first * 1.1, f"{first:.1f} s, then {second:.1f} s"
    return f"doctor took {first:.1f} s, then {second:.1f} s; {size} MiB of compiled kernels kept"


def used_memory(bench, *words):
    """MiB of the card's memory that a training run takes at most."""
    recipe = bench.folder / "recipe.json"
    recipe.write_text(json.dumps(RECIPE))
    command = [bench.graft_command, "train", str(recipe), "--device", bench.device, "--overwrite", "--quiet",
               "--out", str(bench.folder / "memory"), *words]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env=dict(os.environ, GRAFT_GPU=bench.gpu_folder))
    most = 0
    while process.poll() is None:
        said = subprocess.run(["nvidia-smi", "--query-compute-apps=pid,used_memory", "--format=csv,noheader,nounits"],
                              capture_output=True, text=True, check=False).stdout
        most = max([most, *(int(line.split(",")[1]) for line in said.splitlines() if line.strip()[-1:].isdigit())])
        time.sleep(0.2)
    assert process.returncode == 0, f"exit {process.returncode}"
    return most


def memory(bench):
    """6. memory grows as needed, and --gpu-memory is a limit"""
    bench.need_gpu()
    free, limited = used_memory(bench), used_memory(bench, "--gpu-memory", "1024")
    # What the driver and CUDA take for themselves comes on top.
    assert limited <= 1024 + 1024, f"{limited} MiB with --gpu-memory 1024"
    return f"{free} MiB without a limit, {limited} MiB with --gpu-memory 1024 (0: the driver hides it)"


def speed(bench):
    """7. VGG16 forward and head training beside Python's TensorFlow on the same card"""
    bench.need_python()
    bench.need_weights()
    x, y = pictures(bench), str(bench.folder / "y.npy")
    keras = good(bench.start([bench.python, str(ROOT / "tools/gpu/keras_forward.py"), str(bench.weights), x, y],
                             {} if bench.gpu else {"CUDA_VISIBLE_DEVICES": ""}), "keras_forward.py")
    told = json.loads(keras.out.strip().splitlines()[-1])
    if bench.gpu and not told["gpus"]:
        raise NotTried(f"{bench.python} sees no GPU: it needs tensorflow[and-cuda]")
    ours = good(bench.graft("features", "vgg16", "--weights", str(bench.weights), "--preprocess", "none",
                            "--at", "block5_pool", "--data", x, "--out", str(bench.folder / "f.npy"), "--json"),
                "features")
    done = json.loads(ours.out)
    rate = done["rows"] / done["seconds"]
    # As it comes from keras_fit.py; an empty CUDA_VISIBLE_DEVICES would hide the card from it.
    env = {"CUDA_VISIBLE_DEVICES": "0", "GRAFT_GPU": bench.gpu_folder} if bench.gpu else {"CUDA_VISIBLE_DEVICES": ""}
    fit = good(bench.start([bench.python, str(ROOT / "tools/bench/fit.py"), "--only", "vgg", "--graft", bench.graft_command,
                            "--runs", "3" if bench.gpu else "1"], env), "fit.py")
    bench.note("head training, seconds an epoch", fit.out)
    return (f"forward {rate:.1f} pictures a second, first batch included; Python {told['pictures_a_second']:.1f} "
            f"without it (TensorFlow {told['tensorflow']}); head training: see below")


def hidden(bench):
    """8. a hidden GPU is an error with a reason, --device cpu works, and loads nothing of CUDA"""
    ran = bench.graft("doctor", device="cpu", env={"CUDA_VISIBLE_DEVICES": ""})
    good(ran, "doctor --device cpu")
    assert "FAIL" not in ran.out, ran.out
    ran = bench.graft("train", "graphs/quickstart.json", device="gpu:0", env={"CUDA_VISIBLE_DEVICES": ""})
    said = next((line for line in ran.err.splitlines() if line.startswith("graft: --device gpu:0: ")), "")
    assert ran.code == 2 and said, f"exit {ran.code}: {ran.err[-300:]}"
    return said + " (an old driver: not tried)"


def no_ptxas(bench):
    """9. without ptxas there is only a warning"""
    bench.need_gpu()
    if shutil.which("ptxas"):
        raise NotTried("this machine has ptxas on its path")
    ran = good(bench.graft("doctor", env=LOG), "doctor")
    said = [line for line in ran.err.splitlines() if "ptxas" in line]
    return said[0] if said else "nothing is said of it"


def together(bench):
    """10. start-up, memory of the process, two processes at once"""
    if not (bench.folder / "here/model.keras").exists():
        raise NotTried("check 3 left no model")
    np.save(bench.folder / "two.npy", np.zeros((2, 28, 28, 1), np.float32))
    command = [bench.graft_command, "predict", str(bench.folder / "here"), str(bench.folder / "two.npy"), "--device", bench.device]
    one = good(bench.start([*command, "--out", str(bench.folder / "a.npy")]), "predict")
    environment = dict(os.environ, **({"GRAFT_GPU": bench.gpu_folder} if bench.gpu else {}))
    both = [subprocess.Popen([*command, "--out", str(bench.folder / f"{name}.npy")], env=environment,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for name in "bc"]
    codes = [process.wait() for process in both]
    assert codes == [0, 0], f"two at once: exit codes {codes}"
    same = (bench.folder / "b.npy").read_bytes() == (bench.folder / "c.npy").read_bytes()
    assert same, "two at once gave different answers"
    return f"one prediction {one.seconds:.2f} s, {one.peak_mib:.0f} MiB; two at once agree"


CHECKS = [driver, placed, gradients, forward, first_use, memory, speed, hidden, no_ptxas, together]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="gpu:0", help="cpu for a dry run")
    parser.add_argument("--graft", default=str(ROOT / "tools/graft"), help="the launcher")
    parser.add_argument("--python", help="a Python with tensorflow[and-cuda] 2.18")
    parser.add_argument("--weights", type=pathlib.Path, help="VGG16 without top, as Keras publishes it")
    parser.add_argument("--report", type=pathlib.Path, default=pathlib.Path("gpu-check.md"))
    parser.add_argument("--only", default="", help="numbers of checks, 1 to 10, with commas between")
    arguments = parser.parse_args()
    chosen = [int(n) for n in arguments.only.split(",") if n] or range(1, len(CHECKS) + 1)
    if arguments.weights is None:
        where = subprocess.run([arguments.graft, "weights", "where", "vgg16"], capture_output=True, text=True, check=False)
        arguments.weights = pathlib.Path(where.stdout.strip()) if where.returncode == 0 else None
    rows, failed = [], 0
    with tempfile.TemporaryDirectory(prefix="graft-gpu-") as name:
        bench = Bench(arguments, pathlib.Path(name))
        for number in chosen:
            check = CHECKS[number - 1]
            title = check.__doc__.splitlines()[0].split(". ", 1)[1]
            try:
                result, detail = "PASS", check(bench)
            except NotTried as e:
                result, detail = "not tried", str(e)
            except Exception as e:  # whatever went wrong belongs into the report
                result, detail = "FAIL", f"{type(e).__name__}: {e}"
                failed += 1
            detail = detail.replace(name, "WORK").replace(str(ROOT), ".").replace("\n", " ").replace("|", "/")
            print(f"{number:2} {result:9} {title}: {detail}", file=sys.stderr, flush=True)
            rows.append(f"| {number} | {title} | {result} | {detail} |")
        text = ["# Graft on a GPU: report", "", f"Made by `tools/gpu/check.py --device {arguments.device}`.", "",
                "| | check | result | what came out |", "|---|---|---|---|", *rows]
        for title, note in bench.notes:
            text += ["", f"## {title}", "", "```", note.replace(name, "WORK").replace(str(ROOT), "."), "```"]
    arguments.report.write_text("\n".join(text).replace(str(pathlib.Path.home()), "~") + "\n")
    print(f"report: {arguments.report}", file=sys.stderr)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
