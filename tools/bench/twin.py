"""What the Keras twins share: quiet start-up before TensorFlow is imported, and what they leave behind."""

import json
import os
import pathlib
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

LOG_NAMES = ("loss", "accuracy", "val_loss", "val_accuracy")


def save(out: pathlib.Path, model, classes: list[str], history: dict[str, list[float]]) -> None:
    """Writes model.keras, classes.txt and history.json, the last two in the form of Graft's run folder."""
    out.mkdir(parents=True, exist_ok=True)
    model.save(out / "model.keras")
    (out / "classes.txt").write_text("".join(f"{name}\n" for name in classes))
    epochs = [
        {"epoch": epoch, **{name: float(history[name][epoch]) for name in LOG_NAMES}}
        for epoch in range(len(history["loss"]))
    ]
    (out / "history.json").write_text(json.dumps(epochs, indent=1) + "\n")


class Clock:
    """Says on one line what took how long."""

    def __init__(self) -> None:
        self.last = time.perf_counter()

    def lap(self, what: str) -> None:
        now = time.perf_counter()
        print(f"{what}: {now - self.last:.1f} s", flush=True)
        self.last = now
