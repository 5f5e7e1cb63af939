"""What scripts share whose goldens come from both Kerases: a process for each, then a manifest."""

import hashlib
import json
import pathlib
import shutil
import subprocess
import sys

GENERATIONS = ("keras3", "tf_keras")


def keras_of(generation):
    """The module; imported here, as one process takes only one of the two."""
    if generation == "keras3":
        import keras
    else:
        import tf_keras as keras
    return keras


def make(script, folder, write, facts):
    """Fills `folder` anew by `write(generation)`, which returns the versions that it ran with.

    The script calls itself once for each generation, whose name is then its argument.
    """
    if len(sys.argv) > 1:
        (folder / f"{sys.argv[1]}.versions").write_text(json.dumps(write(sys.argv[1])))
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    versions = {}
    for generation in GENERATIONS:
        subprocess.run([sys.executable, script, generation], check=True)
        note = folder / f"{generation}.versions"
        versions |= json.loads(note.read_text())
        note.unlink()
    manifest(script, folder, facts | {"versions": versions})


def manifest(script, folder, facts):
    """Writes `manifest.json`: the script, `facts` and the SHA-256 of every file in `folder`."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "manifest.json")
    sums = {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
    whole = {"script": f"tools/goldens/{pathlib.Path(script).name}", "sha256": sums} | facts
    (folder / "manifest.json").write_text(json.dumps(whole, indent=1, sort_keys=True) + "\n")
    print(f"{len(files)} files, {sum(p.stat().st_size for p in files)} bytes")


def sums(folder):
    """Writes `MANIFEST.sha256`: the SHA-256 of every other file in `folder`, as sha256sum prints them."""
    files = sorted(p for p in folder.iterdir() if p.name != "MANIFEST.sha256")
    lines = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.name}" for p in files]
    (folder / "MANIFEST.sha256").write_text("\n".join(lines) + "\n")
