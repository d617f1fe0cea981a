"""points.csv as arrays of NumPy, right and wrong ones. Usage: numpy_data.py FOLDER"""
import pathlib
import sys

import numpy as np

folder = pathlib.Path(sys.argv[1])
table = np.genfromtxt(folder / "points.csv", delimiter=",", names=True)
x = np.stack([table["a"], table["b"]], axis=1)
y = table["y"].astype("u1")
np.savez_compressed(folder / "all.npz", x_train=x.astype("f4"), y_train=y)
np.savez(folder / "named.npz", x=np.asfortranarray(x), y=y.reshape(-1, 1).astype("f2"))
np.save(folder / "x.npy", x.astype(">f8"))
np.save(folder / "y.npy", y.astype("i8"))
np.save(folder / "short.npy", y[:-1])
x[2, 1] = np.nan
np.save(folder / "nan.npy", x)
np.save(folder / "objects.npy", np.array([{}], dtype=object))
