"""Measures `graft serve` beside the bare session: latency, throughput, memory.

    $(tools/python-env) tools/bench/serve.py MODEL PHOTO [--requests 20000] [--clients 8]

MODEL is what `graft serve` takes and a folder with a SavedModel with `serve_images` in it (a run, or the
SavedModel itself). Clients are processes that keep their connection and send the photo as TensorFlow
Serving's API wants it. An answer that is no 200, or another answer than the first, counts as an error.
Memory is what the server's process holds (VmRSS) after the first tenth of the requests and at the end.
The bare session is TensorFlow's own in Python, on the same SavedModel, photo and machine.
"""

import argparse
import base64
import http.client
import json
import multiprocessing
import os
import pathlib
import statistics
import subprocess
import sys
import time
import urllib.parse

ROOT = pathlib.Path(__file__).parent.parent.parent


def client(url, body, count, queue):
    """Sends the same request again and again; the seconds of each, and how many went wrong."""
    address = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname, address.port)
    seconds, errors, first = [], 0, None
    for _ in range(count):
        begin = time.perf_counter()
        connection.request("POST", address.path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = json.loads(response.read())
        seconds.append(time.perf_counter() - begin)
        first = first or answer
        errors += response.status != 200 or not same(first, answer)
    queue.put((seconds, errors))


def same(first, answer):
    """Batches of several rows may round otherwise in the last bits."""
    pairs = zip(first["predictions"][0]["probabilities"], answer["predictions"][0]["probabilities"])
    return all(abs(a - b) <= 1e-5 for a, b in pairs)


def ask(url, body, clients, requests):
    queue = multiprocessing.Queue()
    begin = time.perf_counter()
    started = [
        multiprocessing.Process(target=client, args=(url, body, requests // clients, queue))
        for _ in range(clients)
    ]
    for process in started:
        process.start()
    answers = [queue.get() for _ in started]
    wall = time.perf_counter() - begin
    for process in started:
        process.join()
    seconds = sorted(s for each, _ in answers for s in each)
    return {
        "clients": clients,
        "requests": len(seconds),
        "errors": sum(errors for _, errors in answers),
        "a_second": len(seconds) / wall,
        "median_ms": 1e3 * statistics.median(seconds),
        "p99_ms": 1e3 * seconds[len(seconds) * 99 // 100],
    }


def resident(process):
    """MiB of the process that listens, which may be a child of the one started."""
    below = [process.pid]
    for pid in below:
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        below.extend(map(int, children))
    kib = 0
    for pid in below:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        kib = max([kib, *[int(l.split()[1]) for l in status.splitlines() if l.startswith("VmRSS")]])
    return kib / 1024


def saved_model(model):
    found = sorted(model.rglob("saved_model.pb"))
    if not found:
        sys.exit(f"{model}: no SavedModel is in it")
    return found[-1].parent


def bare(folder, photo, rows, runs):
    """Milliseconds of one Session.run on `rows` photos."""
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf

    with tf.compat.v1.Session(graph=tf.Graph()) as session:
        meta = tf.compat.v1.saved_model.load(session, ["serve"], str(folder))
        ends = meta.signature_def["serve_images"]
        feed = {ends.inputs["image_bytes"].name: [photo] * rows}
        outputs = [info.name for info in ends.outputs.values()]
        call = lambda: session.run(outputs, feed)  # noqa: E731
        for _ in range(20):
            call()
        seconds = []
        for _ in range(runs):
            begin = time.perf_counter()
            call()
            seconds.append(time.perf_counter() - begin)
    middle = statistics.median(seconds)
    return {"rows": rows, "median_ms": 1e3 * middle, "rows_a_second": rows / middle}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("photo", type=pathlib.Path)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--clients", type=int, default=8)
    arguments = parser.parse_args()
    photo = arguments.photo.read_bytes()
    body = json.dumps({
        "signature_name": "serve_images",
        "instances": [{"b64": base64.b64encode(photo).decode()}],
    })
    graft = os.environ.get("GRAFT", str(ROOT / "tools/graft"))
    server = subprocess.Popen(
        [graft, "serve", str(arguments.model), "--port", "0"], stdout=subprocess.PIPE, text=True)
    result = {}
    try:
        url = next(l.split()[-1] for l in server.stdout if l.startswith("Clients ask"))
        ask(url, body, arguments.clients, max(200, arguments.requests // 10))
        before = resident(server)
        result["one"] = ask(url, body, 1, max(100, arguments.requests // 20))
        result["many"] = ask(url, body, arguments.clients, arguments.requests)
        result["memory_mib"] = [round(before), round(resident(server))]
    finally:
        server.terminate()
        server.wait(60)
    folder = saved_model(arguments.model)
    result["bare"] = [bare(folder, photo, rows, 300) for rows in (1, arguments.clients)]
    print(json.dumps(result, indent=1))
    sys.exit(1 if result["many"]["errors"] or result["one"]["errors"] else 0)


if __name__ == "__main__":
    main()
