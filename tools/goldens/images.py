"""Makes the goldens of the data room: small image files and what Pillow, TensorFlow and Keras make of them.

    python tools/goldens/images.py CHELSEA.png [src/test/resources/goldens/images]

CHELSEA.png is scikit-image's picture of a cat (CC0). Every case names a file, the
settings of a recipe's `image`, and an array in `expected.npz`.
"""

import argparse
import hashlib
import io
import json
import pathlib
import struct

import numpy as np
import PIL
import scipy
import tensorflow as tf
import tf_keras
from PIL import Image
from tf_keras.utils import img_to_array, load_img

ROOT = pathlib.Path(__file__).resolve().parents[2]
PILLOW = ["nearest", "bilinear", "bicubic", "hamming", "box", "lanczos"]
TF = ["bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic"]


def make_files(picture: Image.Image, folder: pathlib.Path) -> list[str]:
    """Small files of every kind that is read; the picture is 61 x 45."""
    folder.mkdir(parents=True, exist_ok=True)
    small = picture.crop((100, 40, 405, 265)).resize((61, 45), Image.LANCZOS)
    rng = np.random.default_rng(7)
    alpha = small.convert("RGBA")
    alpha.putalpha(Image.fromarray(rng.integers(0, 256, (45, 61), dtype=np.uint8), "L"))
    deep = (np.arange(45 * 61, dtype=np.uint32) * 65535 // (45 * 61 - 1)).astype(np.uint16)
    small.save(folder / "photo.jpg", quality=85)
    small.convert("L").save(folder / "gray.jpg", quality=85)
    inks = np.dstack([np.asarray(small.convert("CMYK"))[..., :3], np.asarray(small.convert("L")) // 3])
    Image.fromarray(inks, "CMYK").save(folder / "cmyk.jpg", quality=85)
    small.save(folder / "progressive.jpg", quality=85, progressive=True, subsampling=0)
    alpha.save(folder / "rgba.png")
    small.quantize(32).save(folder / "palette.png")
    small.convert("L").save(folder / "gray.png")
    Image.fromarray(deep.reshape(45, 61)).save(folder / "gray16.png")
    frames = [small.quantize(32), small.rotate(90).quantize(32)]
    frames[0].save(folder / "animated.gif", save_all=True, append_images=frames[1:])
    small.quantize(32).save(folder / "palette.bmp")
    small.save(folder / "rgb.bmp")
    small.convert("L").save(folder / "gray.bmp")
    small.save(folder / "rgb.tif", compression="tiff_lzw")
    small.resize((31, 22), Image.LANCZOS).save(folder / "tiny.png")
    exif = Image.Exif()
    exif[0x0112] = 6
    small.save(folder / "turned.jpg", quality=85, exif=exif)
    tiny = small.resize((31, 22), Image.LANCZOS)
    tiny.quantize(32).save(folder / "palette.tif")
    tiny.save(folder / "turned.tif", exif=exif)
    tiny.quantize(32).save(folder / "transparent.gif", transparency=7)
    moved = bytearray((folder / "transparent.gif").read_bytes())
    moved[6:10] = struct.pack("<HH", 40, 25)
    frame = moved.index(b"\x2c" + struct.pack("<HHHH", 0, 0, 31, 22))
    moved[frame + 1 : frame + 5] = struct.pack("<HH", 5, 2)
    (folder / "moved.gif").write_bytes(moved)
    high = rng.integers(0, 2**16, (22, 32), dtype=np.uint16).astype("<u2").tobytes()
    masks = struct.pack("<III", 0xF800, 0x07E0, 0x001F)
    head = struct.pack("<IiiHHIIiiII", 40, 32, 22, 1, 16, 3, len(high), 0, 0, 0, 0) + masks
    begin = struct.pack("<IHHI", 14 + len(head) + len(high), 0, 0, 14 + len(head))
    (folder / "16bit.bmp").write_bytes(b"BM" + begin + head + high)
    low = rng.integers(0, 100, (22, 31, 3), dtype=np.uint8)
    (folder / "low.ppm").write_bytes(b"P6 # colours\n31 22\n99\n" + low.tobytes())
    return sorted(path.name for path in folder.iterdir())


class Cases:
    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.cases = []
        self.arrays = {}

    def add(self, file: str, image: dict, array: np.ndarray) -> None:
        name = f"case{len(self.cases):03d}"
        self.cases.append({"file": file, "image": image, "expected": name})
        self.arrays[name] = array

    def pillow(self, file: str, size=None, color="rgb", method="nearest", crop=False) -> None:
        picture = load_img(
            self.folder / file,
            color_mode=color,
            target_size=size,
            interpolation=method,
            keep_aspect_ratio=crop,
        )
        image = {"resize": "pillow", "color": color, "interpolation": method}
        if size:
            image["size"] = list(size)
        if crop:
            image["keep_aspect_ratio"] = True
        self.add(file, image, img_to_array(picture, dtype="uint8"))

    def tf(self, file: str, size, color="rgb", method="bilinear", aspect=None) -> None:
        channels = {"rgb": 3, "grayscale": 1}[color]
        pixels = tf.io.decode_image(
            (self.folder / file).read_bytes(), channels=channels, expand_animations=False
        )
        if aspect == "crop_to_aspect_ratio":
            resized = tf_keras.preprocessing.image.smart_resize(pixels, size, method)
        elif aspect == "pad_to_aspect_ratio":
            resized = tf.image.resize_with_pad(pixels, size[0], size[1], method=method)
        else:
            resized = tf.image.resize(pixels, size, method=method)
        image = {"decode": "tf", "color": color, "interpolation": method, "size": list(size)}
        if aspect:
            image[aspect] = True
        self.add(file, image, np.asarray(resized, dtype=np.float32))


def decoding(cases: Cases, files: list[str]) -> None:
    for file in files:
        if file == "gray16.png":
            # Pillow clips such a picture to white; Graft divides by 257.
            deep = np.asarray(Image.open(cases.folder / file)).astype(np.int64)
            gray = ((deep + 128) // 257).astype(np.uint8)[..., None]
            cases.add(file, {"color": "rgb"}, np.repeat(gray, 3, axis=2))
            continue
        cases.pillow(file)
        cases.pillow(file, color="grayscale")
    for file in ["photo.jpg", "gray.jpg", "rgba.png", "palette.png", "gray.png", "moved.gif"]:
        cases.pillow(file, color="rgba")
    # Already of the wanted size: nothing is multiplied by alpha and divided again.
    cases.pillow("rgba.png", (45, 61), color="rgba", method="bilinear")


def resizing(cases: Cases) -> None:
    for method in PILLOW:
        for size in [(20, 27), (45, 40), (64, 70), (30, 122)]:
            cases.pillow("photo.jpg", size, method=method)
        cases.pillow("photo.jpg", (24, 50), method=method, crop=True)
        cases.pillow("rgba.png", (20, 70), color="rgba", method=method)
        cases.pillow("photo.jpg", (21, 33), color="grayscale", method=method)
    for method in TF:
        cases.tf("photo.jpg", (20, 27), method=method)
        cases.tf("rgba.png", (50, 64), method=method)
    for method in ["bilinear", "nearest", "bicubic"]:
        for size in [(24, 50), (50, 24), (40, 40)]:
            for aspect in ["crop_to_aspect_ratio", "pad_to_aspect_ratio"]:
                cases.tf("photo.jpg", size, method=method, aspect=aspect)
    cases.tf("photo.jpg", (20, 27), color="grayscale")
    cases.tf("rgba.png", (20, 27), color="grayscale")


def preprocessing(cases: Cases) -> None:
    applications = tf_keras.applications
    modules = {
        "vgg16": applications.vgg16,
        "ResNet50": applications.resnet,
        "inception_v3": applications.inception_v3,
        "densenet121": applications.densenet,
        "efficientnetb0": applications.efficientnet,
    }
    color = img_to_array(load_img(cases.folder / "photo.jpg"), dtype="float32")
    for name, module in modules.items():
        cases.add("photo.jpg", {"preprocess": name}, module.preprocess_input(color.copy()))
    scaled = np.asarray(tf_keras.layers.Rescaling(1 / 255, offset=-0.5)(color))
    cases.add("photo.jpg", {"rescale": "1/255", "offset": -0.5}, scaled)


TRANSFORMS = [
    {},
    {"theta": 27.0},
    {"theta": -90.0},
    {"tx": 6.5, "ty": -4.25},
    {"tx": 7.0, "ty": 3.0},
    {"tx": -75.0, "ty": 66.0},
    {"shear": 20.0},
    {"zx": 0.6, "zy": 1.4},
    {"theta": 13.0, "tx": 4.0, "ty": 2.5, "shear": -11.0, "zx": 1.2, "zy": 0.9},
    {"flip_horizontal": True, "theta": 10.0},
    {"flip_vertical": True, "flip_horizontal": True},
]
LIGHT = [
    {"channel_shift_intensity": 40.5},
    {"channel_shift_intensity": -70.0, "theta": 5.0},
    {"brightness": 0.35},
    {"brightness": 1.7, "flip_horizontal": True},
]


def augmenting(cases: Cases) -> None:
    """ImageDataGenerator.apply_transform with given parameters."""
    color = img_to_array(load_img(cases.folder / "tiny.png"), dtype="float32")

    def add(settings: dict, parameters: dict) -> None:
        generator = tf_keras.preprocessing.image.ImageDataGenerator(
            fill_mode=settings.get("fill_mode", "nearest"),
            cval=settings.get("cval", 0.0),
            interpolation_order=settings.get("interpolation_order", 1),
        )
        changed = generator.apply_transform(color.copy(), parameters)
        cases.add("tiny.png", {}, changed.astype(np.float32))
        cases.cases[-1] |= {"augment": settings, "transform": parameters}

    for mode in ["nearest", "constant", "reflect", "wrap"]:
        for parameters in TRANSFORMS:
            add({"fill_mode": mode, "cval": 12.5 if mode == "constant" else 0.0}, parameters)
    for parameters in TRANSFORMS[1:9:3]:
        add({"fill_mode": "reflect", "interpolation_order": 0}, parameters)
    for parameters in LIGHT:
        settings = {"brightness_range": [0, 2]} if "brightness" in parameters else {"channel_shift_range": 90}
        add(settings, parameters)
    add(
        {"brightness_range": [0, 2], "fill_mode": "constant", "cval": -300.0},
        {"brightness": 0.8, "theta": 30.0},
    )


def standardizing(cases: Cases) -> None:
    """ImageDataGenerator.fit and standardize on eight crops of the photo."""
    color = img_to_array(load_img(cases.folder / "photo.jpg"), dtype="float32")
    crops = np.stack([color[y : y + 6, x : x + 6] for y in (3, 20) for x in (2, 15, 30, 44)])
    more = np.stack([np.roll(color, k * 7, axis=k % 2)[10:16, 10:16] for k in range(200)])
    data = np.concatenate([crops, more])
    cases.arrays["standardize_x"] = data.astype(np.uint8)
    for name, settings in {
        "samplewise": {"samplewise_center": True, "samplewise_std_normalization": True},
        "featurewise": {"featurewise_center": True, "featurewise_std_normalization": True},
        "zca": {"zca_whitening": True, "zca_epsilon": 1e-3},
    }.items():
        generator = tf_keras.preprocessing.image.ImageDataGenerator(rescale=1 / 255, **settings)
        generator.fit(data.copy())
        cases.arrays[f"standardize_{name}"] = np.stack(
            [generator.standardize(x.copy()) for x in data]
        ).astype(np.float32)


def write(cases: Cases, target: pathlib.Path) -> None:
    np.savez_compressed(target / "expected.npz", **cases.arrays)
    versions = {
        "tensorflow": tf.__version__,
        "tf_keras": tf_keras.__version__,
        "pillow": PIL.__version__,
        "scipy": scipy.__version__,
        "numpy": np.__version__,
    }
    (target / "cases.json").write_text(
        json.dumps({"versions": versions, "cases": cases.cases}, indent=1) + "\n"
    )
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(target).as_posix()}"
        for path in sorted(target.rglob("*"))
        if path.is_file() and path.name not in ("MANIFEST.sha256", "odd-images.tsv")
    ]
    (target / "MANIFEST.sha256").write_text("\n".join(lines) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chelsea", type=pathlib.Path)
    parser.add_argument(
        "target", type=pathlib.Path, nargs="?", default=ROOT / "src/test/resources/goldens/images"
    )
    arguments = parser.parse_args()
    picture = Image.open(io.BytesIO(arguments.chelsea.read_bytes())).convert("RGB")
    files = make_files(picture, arguments.target / "files")
    cases = Cases(arguments.target / "files")
    decoding(cases, files)
    resizing(cases)
    preprocessing(cases)
    augmenting(cases)
    standardizing(cases)
    write(cases, arguments.target)
    print(f"{len(cases.cases)} cases")


if __name__ == "__main__":
    main()
