"""The C interface (runtime/include/dlc/dlc.h) for Python tests, through ctypes."""
import ctypes as c

import numpy as np

DTYPES = {1: np.float32, 4: np.float64, 5: np.int8, 6: np.uint8, 7: np.int32, 8: np.int64, 9: np.bool_}


class Error(c.Structure):
    _fields_ = [("struct_size", c.c_uint32), ("code", c.c_uint32), ("line", c.c_uint32), ("column", c.c_uint32),
                ("file", c.c_char * 128), ("where", c.c_char * 96), ("text", c.c_char * 256)]


class LoadOptions(c.Structure):
    _fields_ = [("struct_size", c.c_uint32), ("allow_code", c.c_uint32)]


class Dim(c.Structure):
    _fields_ = [("fixed", c.c_int64), ("formula", c.c_char_p)]


class Port(c.Structure):
    _fields_ = [("name", c.c_char_p), ("dtype", c.c_uint32), ("role", c.c_uint32), ("rank", c.c_uint32),
                ("dims", c.POINTER(Dim))]


class Function(c.Structure):
    _fields_ = [("name", c.c_char_p), ("input_count", c.c_uint32), ("output_count", c.c_uint32),
                ("inputs", c.POINTER(Port)), ("outputs", c.POINTER(Port)), ("launch_count", c.c_uint32)]


class Variable(c.Structure):
    _fields_ = [("name", c.c_char_p), ("kind", c.c_uint32), ("dtype", c.c_uint32), ("rank", c.c_uint32),
                ("shape", c.POINTER(c.c_int64)), ("offset", c.c_uint64), ("bytes", c.c_uint64),
                ("trainable", c.c_uint32), ("owner", c.c_char_p), ("file", c.c_char_p), ("line", c.c_uint32),
                ("column", c.c_uint32)]


class Tensor(c.Structure):
    _fields_ = [("data", c.c_void_p), ("bytes", c.c_uint64), ("dtype", c.c_uint32), ("rank", c.c_uint32),
                ("shape", c.POINTER(c.c_int64))]


class Call(c.Structure):
    _fields_ = [("struct_size", c.c_uint32), ("flags", c.c_uint32), ("variables", c.c_void_p),
                ("inputs", c.POINTER(Tensor)), ("outputs", c.POINTER(Tensor)), ("input_count", c.c_uint32),
                ("output_count", c.c_uint32), ("workspace", c.c_void_p), ("workspace_bytes", c.c_uint64),
                ("host", c.c_void_p)]


def aligned(count):
    """count bytes, the address a multiple of 64."""
    block = np.zeros(count + 64, np.uint8)
    start = -block.ctypes.data % 64
    return block[start:start + count]


class Program:
    """A loaded program with a block of variables of its own."""

    def __init__(self, library, path):
        self.lib = c.CDLL(str(library))
        self.lib.dlc_initial_variables.restype = c.c_void_p
        self.lib.dlc_variables_bytes.restype = c.c_uint64
        self.handle, self.error = c.c_void_p(), Error(c.sizeof(Error))
        options = LoadOptions(c.sizeof(LoadOptions), 1)
        self._check(self.lib.dlc_load(str(path).encode(), c.byref(options), c.byref(self.handle), c.byref(self.error)))
        size = self.lib.dlc_variables_bytes(self.handle)
        self.block = aligned(size)
        c.memmove(self.block.ctypes.data, self.lib.dlc_initial_variables(self.handle), size)
        self.variables = {}
        for index in range(self.lib.dlc_variable_count(self.handle)):
            found = Variable()
            self.lib.dlc_get_variable(self.handle, index, c.byref(found))
            values = self.block[found.offset:found.offset + found.bytes].view(DTYPES[found.dtype])
            self.variables[found.name.decode()] = values.reshape([found.shape[i] for i in range(found.rank)])

    def _check(self, status):
        if status:
            e = self.error
            raise RuntimeError(f"{e.file.decode()}:{e.line}:{e.column}: {e.text.decode()} (status {status})")

    def run(self, name, *inputs):
        """Calls a function; returns {output name: array}."""
        index = self.lib.dlc_find_function(self.handle, name.encode())
        info = Function()
        self.lib.dlc_get_function(self.handle, index, c.byref(info))
        keep = []

        def tensor(array):
            copy = aligned(max(array.nbytes, 1))
            c.memmove(copy.ctypes.data, array.ctypes.data, array.nbytes)
            shape = (c.c_int64 * max(array.ndim, 1))(*array.shape)
            keep.append((copy, shape))
            code = next(k for k, v in DTYPES.items() if v == array.dtype)
            return Tensor(copy.ctypes.data, array.nbytes, code, array.ndim, shape)

        ins = (Tensor * max(len(inputs), 1))(*[tensor(np.ascontiguousarray(a)) for a in inputs])
        call = Call(c.sizeof(Call), 0, self.block.ctypes.data, ins, None, len(inputs), 0, None, 0, None)
        outs, names = [], []
        for i in range(info.output_count):
            port = info.outputs[i]
            shape = (c.c_int64 * max(port.rank, 1))()
            self._check(self.lib.dlc_output_shape(self.handle, index, c.byref(call), i, shape, c.byref(self.error)))
            outs.append(tensor(np.zeros([shape[d] for d in range(port.rank)], DTYPES[port.dtype])))
            names.append((port.name.decode(), port.dtype, [shape[d] for d in range(port.rank)], keep[-1][0]))
        call.outputs, call.output_count = (Tensor * max(len(outs), 1))(*outs), len(outs)
        need = c.c_uint64()
        self._check(self.lib.dlc_workspace_bytes(self.handle, index, c.byref(call), c.byref(need), c.byref(self.error)))
        workspace = aligned(need.value)
        call.workspace, call.workspace_bytes = workspace.ctypes.data, need.value
        self._check(self.lib.dlc_run(self.handle, index, c.byref(call), c.byref(self.error)))
        return {n: raw.view(DTYPES[d])[:int(np.prod(s))].reshape(s).copy() for n, d, s, raw in names}
