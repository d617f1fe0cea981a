"""Files of weights that NumPy and h5py write and read. Usage: weights_peers.py write|read|hostile FOLDER"""
import pathlib
import sys

import h5py
import numpy as np


def weights():
    random = np.random.default_rng(1)
    shapes = {"dense_1/w": (2, 4), "dense_1/b": (4,), "dense_2/w": (4, 1), "dense_2/b": (1,)}
    return {name: random.normal(size=shape).astype("f4") for name, shape in shapes.items()}


def write(folder):
    """The same weights, written in all the ways that are read."""
    values = weights()
    w1, b1, w2, b2 = values.values()
    np.savez(folder / "plain.npz", **values)
    turned = {name: np.asfortranarray(value).astype(">f4") for name, value in values.items()}
    np.savez_compressed(folder / "turned.npz", **turned)
    with h5py.File(folder / "keras2.h5", "w") as file:
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [b"dense", b"dense_1"]
        group["dense/dense/kernel:0"], group["dense/dense/bias:0"] = w1, b1
        group["dense_1/dense_1/kernel:0"], group["dense_1/dense_1/bias:0"] = w2, b2
        file["optimizer_weights/adam/dense/kernel/m:0"] = w1
    with h5py.File(folder / "keras3.weights.h5", "w") as file:
        file["layers/dense/vars/0"], file["layers/dense/vars/1"] = w1.astype(">f8"), b1
        file.create_dataset("layers/dense_1/vars/0", data=w2, chunks=(2, 1), compression="gzip", shuffle=True)
        file["layers/dense_1/vars/1"] = b2
        file["optimizer/vars/0"] = np.int64(3)


def read(folder):
    """What dlc exported is what it was given."""
    arrays = np.load(folder / "out.npz", allow_pickle=False)
    with h5py.File(folder / "out.h5") as file:
        assert list(file.attrs["layer_names"]) == [b"dense_1", b"dense_2"], list(file.attrs["layer_names"])
        assert list(file["dense_1"].attrs["weight_names"]) == [b"dense_1/kernel:0", b"dense_1/bias:0"]
        for name, value in weights().items():
            layer, weight = name.split("/")
            data = file[f"{layer}/{layer}/" + {"w": "kernel:0", "b": "bias:0"}[weight]]
            assert data.dtype == value.dtype and np.array_equal(data[()], value), name
            assert arrays[name].dtype == value.dtype and np.array_equal(arrays[name], value), name
    print("equal")


def hostile(folder):
    with h5py.File(folder / "cyclic.h5", "w") as file:
        file.create_group("a")["b"] = file["/"]
    with h5py.File(folder / "external.h5", "w") as file:
        file["a"] = h5py.ExternalLink("keras2.h5", "/model_weights")
    with h5py.File(folder / "storage.h5", "w") as file:
        file.create_dataset("a", shape=(4,), dtype="f4", external=[("plain.npz", 0, 16)])
    with h5py.File(folder / "huge.h5", "w") as file:
        file.create_dataset("a", shape=(1 << 20, 1 << 20), dtype="f4", chunks=(1024, 1024))
    with h5py.File(folder / "lzf.h5", "w") as file:
        file.create_dataset("a", data=np.zeros(100), compression="lzf", chunks=(10,))
    with h5py.File(folder / "text.h5", "w") as file:
        file["t"], file["c"], file["s"] = b"text", np.zeros(2, "c8"), h5py.SoftLink("/t")
    np.savez(folder / "objects.npz", a=np.array([{}], dtype=object))


if __name__ == "__main__":
    {"write": write, "read": read, "hostile": hostile}[sys.argv[1]](pathlib.Path(sys.argv[2]))
