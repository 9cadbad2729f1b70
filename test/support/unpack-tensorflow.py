"""Takes the library and its C headers out of a wheel of TensorFlow: unpack-tensorflow.py WHEEL FOLDER"""

import shutil
import sys
import zipfile
from pathlib import Path

wheel, folder = zipfile.ZipFile(sys.argv[1]), Path(sys.argv[2])
LIBRARIES = {
    "libtensorflow_cc.so.2": "libtensorflow.so",
    "libtensorflow_framework.so.2": "libtensorflow_framework.so",
}
HEADERS = ("tensorflow/c/", "tensorflow/core/platform/", "tensorflow/tsl/", "tsl/")


def take(name, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    with wheel.open(name) as source, open(target, "wb") as out:
        shutil.copyfileobj(source, out)


for name, linked_as in LIBRARIES.items():
    take(f"tensorflow/{name}", folder / "lib" / name)
    (folder / "lib" / linked_as).symlink_to(name)
for name in wheel.namelist():
    header = name.removeprefix("tensorflow/include/")
    if header != name and header.endswith(".h") and header.startswith(HEADERS):
        take(name, folder / "include" / header)
