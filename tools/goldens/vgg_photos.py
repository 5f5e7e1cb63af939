"""Makes src/test/resources/goldens/vgg-photos: what tf_keras's VGG16 sees in real photos.

    $(tools/python-env) tools/goldens/vgg_photos.py SHARED [FOLDER]

SHARED holds `weights/vgg16_imagenet_notop.h5` and `data/imagenet-photos`. Each photo goes through
`load_img` at 48 x 48 (Pillow's nearest), `preprocess_input` and VGG16 up to its last convolution,
`block5_conv3`: float32 (photos, 3, 3, 512), in the order of `photos.txt`.
"""

import argparse
import hashlib
import os
import pathlib

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np  # noqa: E402  (the settings above must come first)
import tf_keras  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIZE = 48


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path, nargs="?",
                        default=ROOT / "src/test/resources/goldens/vgg-photos")
    arguments = parser.parse_args()
    photos = sorted(path for path in (arguments.shared / "data/imagenet-photos").iterdir()
                    if path.suffix in (".jpg", ".png"))
    whole = tf_keras.applications.VGG16(include_top=False, weights=None, input_shape=(SIZE, SIZE, 3))
    whole.load_weights(str(arguments.shared / "weights/vgg16_imagenet_notop.h5"))
    model = tf_keras.Model(whole.input, whole.get_layer("block5_conv3").output)
    image = tf_keras.preprocessing.image
    pixels = np.stack([image.img_to_array(image.load_img(path, target_size=(SIZE, SIZE)))
                       for path in photos])
    output = model.predict(tf_keras.applications.vgg16.preprocess_input(pixels), verbose=0)
    folder = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "block5_conv3.npy", output)
    (folder / "photos.txt").write_text("".join(f"{path.name}\n" for path in photos))
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
             for name in ("block5_conv3.npy", "photos.txt")]
    (folder / "MANIFEST.sha256").write_text("".join(lines))
    print(f"{output.shape} in {folder}, tf_keras {tf_keras.__version__}")


if __name__ == "__main__":
    main()
