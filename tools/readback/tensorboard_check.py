"""Starts real TensorBoard on a folder and prints as JSON what it shows: tensorboard_check.py LOGDIR [WANTED,...]"""

import json
import pathlib
import sys
import time
import urllib.parse
import urllib.request

from tensorboard import program
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def get(url, path, **query):
    address = url + "data/" + path + ("?" + urllib.parse.urlencode(query) if query else "")
    return urllib.request.urlopen(address, timeout=30).read()


def get_json(url, path, **query):
    return json.loads(get(url, path, **query))


def shown(url):
    """Everything TensorBoard offers, followed to the data itself."""
    result = {"runs": sorted(get_json(url, "runs")), "scalars": {}, "histograms": {}, "images": {}}
    for run, tags in get_json(url, "plugin/scalars/tags").items():
        for tag in tags:
            series = get_json(url, "plugin/scalars/scalars", run=run, tag=tag)
            result["scalars"][run + "/" + tag] = [point[1:] for point in series]
    for run, tags in get_json(url, "plugin/histograms/tags").items():
        for tag in tags:
            series = get_json(url, "plugin/histograms/histograms", run=run, tag=tag)
            result["histograms"][run + "/" + tag] = [
                [step, sum(bucket[2] for bucket in buckets)] for _, step, buckets in series
            ]
    for run, tags in get_json(url, "plugin/images/tags").items():
        for tag, about in tags.items():
            pictures = []
            for sample in range(about["samples"]):
                for one in get_json(url, "plugin/images/images", run=run, tag=tag, sample=sample):
                    data = get(url, "plugin/images/individualImage?" + one["query"])
                    pictures.append(data[:8] == b"\x89PNG\r\n\x1a\n")
            result["images"][run + "/" + tag] = pictures
    result["text"] = get_json(url, "plugin/text/tags")
    result["graphs"] = {
        run: get(url, "plugin/graphs/graph", run=run).decode().count("node {")
        for run, about in get_json(url, "plugin/graphs/info").items()
        if about["run_graph"]
    }
    result["projector"] = {}
    for run in get_json(url, "plugin/projector/runs"):
        info = get_json(url, "plugin/projector/info", run=run)
        name = info["embeddings"][0]["tensorName"]
        result["projector"][run] = {
            "shape": info["embeddings"][0]["tensorShape"],
            "bytes": len(get(url, "plugin/projector/tensor", run=run, name=name)),
            "labels": get(url, "plugin/projector/metadata", run=run, name=name).decode().splitlines(),
            "sprite": len(get(url, "plugin/projector/sprite_image", run=run, name=name)) > 0,
        }
    return result


def accumulated(folder):
    """What TensorBoard's library finds in each run, without a server."""
    result = {}
    for run in sorted({path.parent for path in pathlib.Path(folder).rglob("events.out.tfevents.*")}):
        found = EventAccumulator(str(run)).Reload()
        tags = found.Tags()
        result[str(run.relative_to(folder))] = {
            "tensors": {tag: [event.step for event in found.Tensors(tag)] for tag in tags["tensors"]},
            "scalars": {tag: [event.step for event in found.Scalars(tag)] for tag in tags["scalars"]},
            "nodes": len(found.Graph().node) if tags["graph"] else 0,
        }
    return result


def main():
    board = program.TensorBoard()
    board.configure(argv=[None, "--logdir", sys.argv[1], "--port", "0", "--load_fast", "false"])
    url = board.launch()
    deadline = time.time() + 60
    result = shown(url)
    wanted = sys.argv[2].split(",") if len(sys.argv) > 2 else ["scalars", "graphs", "images"]
    while not all(result[kind] for kind in wanted) and time.time() < deadline:
        time.sleep(1)
        result = shown(url)
    print("SHOWN " + json.dumps(result))
    print("ACCUMULATED " + json.dumps(accumulated(sys.argv[1])))


main()
