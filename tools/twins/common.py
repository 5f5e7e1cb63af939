"""What the Keras twins share: quiet start-up before TensorFlow is imported, data, and what they leave behind.

A twin writes OUT/result.json: for each part of the article its test loss and accuracy and the
seconds its training took, as `compare` reads them.
"""

import argparse
import gzip
import json
import os
import pathlib
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "src/main/resources/dev/graft/data/fashion-mnist-sample"


def arguments(description: str, **options) -> argparse.Namespace:
    """--data, --out, --seed, and what a twin adds: a type, or a default value."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--data", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=42)
    for name, value in options.items():
        flag = "--" + name.replace("_", "-")
        if isinstance(value, bool):
            parser.add_argument(flag, action="store_true")
        elif isinstance(value, type):
            parser.add_argument(flag, type=value)
        else:
            parser.add_argument(flag, type=type(value), default=value)
    return parser.parse_args()


def idx(folder: pathlib.Path, part: str):
    """Pictures (N, 28, 28) and labels (N,) of `train` or `t10k`, as bytes."""
    def read(name, offset):
        return np.frombuffer(gzip.decompress((folder / name).read_bytes()), np.uint8, offset=offset)
    return (read(f"{part}-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28),
            read(f"{part}-labels-idx1-ubyte.gz", 8).astype(np.int64))


class Part:
    """Times one training of an article and notes what its test came to."""

    def __init__(self, results: "Results", name: str) -> None:
        self.results, self.name = results, name

    def __enter__(self) -> "Part":
        self.started, self.before = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_) -> None:
        self.seconds = time.perf_counter() - self.started
        self.processor = time.process_time() - self.before

    def tested(self, loss: float, accuracy: float, **more) -> None:
        print(f"{self.name}: {self.seconds:.1f} s, test loss {loss:.4f}, test accuracy {accuracy:.4f}", flush=True)
        self.results.parts.append({"part": self.name, "seconds": self.seconds,
                                   "processor_seconds": self.processor, "loss": float(loss),
                                   "accuracy": float(accuracy), **more})


class Results:
    """The parts of a run, in order."""

    def __init__(self) -> None:
        self.parts: list[dict] = []

    def part(self, name: str) -> Part:
        return Part(self, name)

    def write(self, out: pathlib.Path) -> None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "result.json").write_text(json.dumps({"parts": self.parts}, indent=1) + "\n")
