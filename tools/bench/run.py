"""Graft against real Keras: the same work, whole processes, taking turns.

    $(tools/python-env) tools/bench/run.py [--runs 5] [--seeds 1,2,3] [--only quickstart,photos,predict]

Programs run A B A B on the same machine; the table gives medians of wall seconds, of processor
seconds and of peak memory (`wait4`: the largest process of the tree), and Graft's ratio to each
twin. Each run's figures go to bench-results/. Photos and full weights are looked for in --shared;
without them only `quickstart` can run.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BENCH = ROOT / "tools/bench"
GRAFT = str(ROOT / "tools/graft")
CASES = ("quickstart", "photos", "predict")


@dataclasses.dataclass(frozen=True)
class Run:
    """One process, from start to end."""

    program: str
    seed: int
    seconds: float
    processor_seconds: float
    peak_mib: float
    load_average: float
    val_accuracy: list[float]


@dataclasses.dataclass(frozen=True)
class Program:
    """A name in the table and its command; `{seed}` and `{out}` are filled in for each run."""

    name: str
    command: tuple[str, ...]


def cases(place: "Place", with_slow: bool) -> dict[str, list[Program]]:
    """Each case's programs, Graft first."""
    trained = ("--seed", "{seed}", "--out", "{out}")
    quickstart = [
        Program("graft", (GRAFT, "train", str(ROOT / "graphs/quickstart.json"), *trained)),
        twin("keras cached", "keras_quickstart.py", "--cached", *trained),
    ]
    if with_slow:
        quickstart.append(twin("keras", "keras_quickstart.py", *trained))
    if place.shared is None:
        return {"quickstart": quickstart}
    weights = str(place.shared / "weights/vgg16_imagenet_notop.h5")
    data = ("--data", str(place.photos), "--weights", weights)
    photos = [
        Program("graft", (GRAFT, "train", *data, "--trunk", "vgg16", "--head", "256",
                          "--epochs", "10", *trained)),
        twin("keras cached", "keras_photos.py", "--cached", *data, *trained),
    ]
    if with_slow:
        photos.append(twin("keras", "keras_photos.py", *data, *trained))
    photo = str(sorted((place.photos / "val").rglob("*.jpg"))[0])
    run = str(place.folder / "predict-run")
    predict = [
        Program("graft", (GRAFT, "predict", run, photo, "--top", "5")),
        twin("keras", "keras_predict.py", run, photo),
    ]
    return {"quickstart": quickstart, "photos": photos, "predict": predict}


def twin(name: str, script: str, *arguments: str) -> Program:
    return Program(name, (sys.executable, str(BENCH / script), *arguments))


@dataclasses.dataclass(frozen=True)
class Place:
    """A temporary folder, the shared folder if there is one, and the photos unpacked from it."""

    folder: pathlib.Path
    shared: pathlib.Path | None

    @property
    def photos(self) -> pathlib.Path:
        return self.folder / "flower_photos_500"

    def unpack(self) -> None:
        if self.shared is not None:
            with tarfile.open(self.shared / "data/photos/flower_photos_500.tar") as tar:
                tar.extractall(self.folder, filter="data")


def measure(program: Program, seed: int, out: pathlib.Path) -> Run:
    command = [part.format(seed=seed, out=out) for part in program.command]
    # A home of its own: what an earlier run kept on disk would not be the same work.
    environment = dict(os.environ, GRAFT_HOME=str(out) + ".home")
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        # Popen must not wait for it a second time.
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            said.seek(0)
            tail = said.read().decode(errors="replace")[-2000:]
            raise SystemExit(f"exit {process.returncode} from: {' '.join(command)}\n{tail}")
    return Run(
        program.name, seed, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024,
        os.getloadavg()[0], accuracies(out))


def accuracies(out: pathlib.Path) -> list[float]:
    """Validation accuracy after each epoch; none where nothing was trained."""
    history = out / "history.json"
    if not history.exists():
        return []
    return [epoch["val_accuracy"] for epoch in json.loads(history.read_text())]


def take_turns(case: str, programs: list[Program], runs: int, seeds: list[int], place: Place) -> list[Run]:
    taken = []
    for turn in range(runs):
        seed = seeds[turn % len(seeds)]
        for program in programs:
            out = place.folder / f"{case}-{program.name.replace(' ', '-')}-{turn}"
            run = measure(program, seed, out)
            taken.append(run)
            accuracy = "".join(f" {value:.3f}" for value in run.val_accuracy)
            print(f"{case} {turn + 1}/{runs} seed {seed} {program.name}: {run.seconds:.1f} s, "
                  f"{run.peak_mib:.0f} MiB, load {run.load_average:.1f}{accuracy}", file=sys.stderr, flush=True)
    return taken


def table(results: dict[str, list[Run]]) -> str:
    lines = ["| case | program | runs | wall s | min to max | cpu s | peak MiB | val_accuracy, best "
             "| graft/this, wall | graft/this, memory |",
             "|---|---|---|---|---|---|---|---|---|---|"]
    for case, runs in results.items():
        ours = [run for run in runs if run.program == "graft"]
        for program in dict.fromkeys(run.program for run in runs):
            theirs = [run for run in runs if run.program == program]
            best = [f"{max(run.val_accuracy):.3f}" for run in theirs if run.val_accuracy]
            wall, memory = median(theirs, "seconds"), median(theirs, "peak_mib")
            ratios = ["", ""]
            if ours and program != "graft":
                ratios = [f"{median(ours, 'seconds') / wall:.2f}", f"{median(ours, 'peak_mib') / memory:.2f}"]
            low, high = min(run.seconds for run in theirs), max(run.seconds for run in theirs)
            cells = [case, program, str(len(theirs)), f"{wall:.1f}", f"{low:.1f} to {high:.1f}",
                     f"{median(theirs, 'processor_seconds'):.1f}", f"{memory:.0f}",
                     " ".join(best), *ratios]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def median(runs: list[Run], figure: str) -> float:
    return statistics.median(getattr(run, figure) for run in runs)


def prepare_predict(place: Place, programs: list[Program], seed: int) -> None:
    """The run folder that `predict` reads: one training by Graft, or by Keras where Graft is left out."""
    if not (place.folder / "predict-run").exists():
        print(f"predict: training its model with {programs[0].name}", file=sys.stderr)
        measure(programs[0], seed, place.folder / "predict-run")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seeds", default="1,2,3", help="taken in turn, one a run")
    parser.add_argument("--only", default=",".join(CASES))
    parser.add_argument("--shared", type=pathlib.Path, default=ROOT / "../shared")
    parser.add_argument("--with-slow", action="store_true", help="also Keras with the trunk in every epoch")
    parser.add_argument("--keras-only", action="store_true")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "bench-results/bench.json")
    arguments = parser.parse_args()
    seeds = [int(seed) for seed in arguments.seeds.split(",")]
    chosen = arguments.only.split(",")
    if unknown := set(chosen) - set(CASES):
        parser.error(f"--only knows {', '.join(CASES)}, not {', '.join(sorted(unknown))}")

    results: dict[str, list[Run]] = {}
    with tempfile.TemporaryDirectory(prefix="graft-bench-") as folder:
        shared = arguments.shared.resolve() if arguments.shared.exists() else None
        place = Place(pathlib.Path(folder), shared)
        place.unpack()
        found = cases(place, arguments.with_slow)
        if arguments.keras_only:
            found = {case: [p for p in ps if p.name != "graft"] for case, ps in found.items()}
        else:
            # Builds when needed, so that building is not measured.
            subprocess.run([GRAFT, "help"], check=True, stdout=subprocess.DEVNULL)
        for case in chosen:
            if case not in found:
                parser.error(f"{case} needs the photos and weights of {arguments.shared}, which is not there")
            if case == "predict":
                prepare_predict(place, found["photos"], seeds[0])
            results[case] = take_turns(case, found[case], arguments.runs, seeds, place)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    record = {"cpus": os.cpu_count(),
              "cases": {case: [dataclasses.asdict(run) for run in runs] for case, runs in results.items()}}
    arguments.out.write_text(json.dumps(record, indent=1) + "\n")
    print(table(results))


if __name__ == "__main__":
    main()
