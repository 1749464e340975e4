"""Runs ONNX models from Python through ONNX Runtime's C library.

Debian has no Python package of it, and set-up installs the library anyway. Only what the parity
check needs: a session from a file, numpy arrays in and out, and the optimized graph for a look.

Functions are taken out of the OrtApi table by position. Positions never change: the table only
grows at its end.
"""

import ctypes

import numpy as np

# The oldest version of the table that has every function named here.
_API_VERSION = 10
_FUNCTIONS = {
    "GetErrorMessage": 2,
    "CreateEnv": 3,
    "CreateSession": 7,
    "Run": 9,
    "CreateSessionOptions": 10,
    "SetOptimizedModelFilePath": 11,
    "SetIntraOpNumThreads": 24,
    "SessionGetInputCount": 30,
    "SessionGetOutputCount": 31,
    "SessionGetInputName": 36,
    "SessionGetOutputName": 37,
    "CreateTensorWithDataAsOrtValue": 49,
    "GetTensorMutableData": 51,
    "GetTensorElementType": 60,
    "GetDimensionsCount": 61,
    "GetDimensions": 62,
    "GetTensorTypeAndShape": 65,
    "CreateCpuMemoryInfo": 69,
    "GetAllocatorWithDefaultOptions": 78,
    "ReleaseStatus": 93,
    "ReleaseSession": 95,
    "ReleaseValue": 96,
    "ReleaseTensorTypeAndShapeInfo": 99,
    "ReleaseSessionOptions": 100,
    "AddSessionConfigEntry": 130,
}
_ELEMENT_TYPES = {1: np.float32, 2: np.uint8, 3: np.int8, 6: np.int32, 7: np.int64}
_LOG_ERRORS_ONLY = 3


class OnnxRuntimeError(RuntimeError):
    """ONNX Runtime refused; the message is its own."""


class OnnxRuntime:
    """The loaded library. One per process is enough; sessions keep it alive."""

    def __init__(self, library_path):
        library = ctypes.CDLL(str(library_path))
        library.OrtGetApiBase.restype = ctypes.POINTER(ctypes.c_void_p)
        get_api = ctypes.CFUNCTYPE(ctypes.POINTER(ctypes.c_void_p), ctypes.c_uint32)(library.OrtGetApiBase()[0])
        table = get_api(_API_VERSION)
        if not table:
            raise OnnxRuntimeError(f"{library_path} has no API version {_API_VERSION}")
        signature = ctypes.CFUNCTYPE(ctypes.c_void_p)
        self._functions = {name: ctypes.cast(table[i], signature) for name, i in _FUNCTIONS.items()}
        message = self._functions["GetErrorMessage"]
        self._message = ctypes.cast(message, ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.c_void_p))
        self._environment = self.new("CreateEnv", ctypes.c_int(_LOG_ERRORS_ONLY), b"eyrie")

    def call(self, name, *arguments):
        status = self._functions[name](*[_as_c(a) for a in arguments])
        if status:
            text = self._message(status).decode("utf-8", "replace")
            self.release("ReleaseStatus", status)
            raise OnnxRuntimeError(text)

    def new(self, name, *arguments):
        """Calls a function whose last parameter receives a pointer; returns the pointer."""
        result = ctypes.c_void_p()
        self.call(name, *arguments, ctypes.byref(result))
        return result

    def release(self, name, pointer):
        self._functions[name](_as_c(pointer))

    def session(self, model_path, threads=1, optimized_path=None):
        return Session(self, model_path, threads, optimized_path)

    @property
    def environment(self):
        return self._environment


def _as_c(value):
    """Plain Python integers are pointers or sizes here: 64 bits, not ctypes' default of 32."""
    return ctypes.c_size_t(value) if isinstance(value, int) else value


def _has_exact_integer_dot():
    """False on an x86 before VNNI: its uint8 by int8 products saturate unless ONNX Runtime is told."""
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
            flags = next((line for line in file if line.startswith("flags")), "").split()
    except OSError:
        return True
    return not flags or "avx512_vnni" in flags or "avx_vnni" in flags


class Session:
    """One model, ready to run."""

    def __init__(self, runtime, model_path, threads, optimized_path):
        self._runtime = runtime
        options = runtime.new("CreateSessionOptions")
        runtime.call("SetIntraOpNumThreads", options, ctypes.c_int(threads))
        if not _has_exact_integer_dot():
            runtime.call("AddSessionConfigEntry", options, b"session.x64quantprecision", b"1")
        if optimized_path:
            runtime.call("SetOptimizedModelFilePath", options, str(optimized_path).encode())
        self._session = runtime.new("CreateSession", runtime.environment, str(model_path).encode(), options)
        runtime.release("ReleaseSessionOptions", options)
        self._memory = runtime.new("CreateCpuMemoryInfo", ctypes.c_int(0), ctypes.c_int(0))
        self.input_names = self._names("Input")
        self.output_names = self._names("Output")

    def close(self):
        if self._session:
            self._runtime.release("ReleaseSession", self._session)
            self._session = None

    def run(self, inputs):
        """{name: array} in, {name: array} out."""
        arrays = [np.ascontiguousarray(inputs[name.decode()]) for name in self.input_names]
        values = [self._value(array) for array in arrays]
        count = len(self.output_names)
        results = (ctypes.c_void_p * count)()
        try:
            self._runtime.call(
                "Run",
                self._session,
                None,
                (ctypes.c_char_p * len(values))(*self.input_names),
                (ctypes.c_void_p * len(values))(*[v.value for v in values]),
                len(values),
                (ctypes.c_char_p * count)(*self.output_names),
                count,
                results,
            )
            return {name.decode(): self._array(v) for name, v in zip(self.output_names, results)}
        finally:
            for value in [*(v.value for v in values), *results]:
                if value:
                    self._runtime.release("ReleaseValue", value)

    def _names(self, side):
        count = ctypes.c_size_t()
        self._runtime.call(f"SessionGet{side}Count", self._session, ctypes.byref(count))
        allocator = self._runtime.new("GetAllocatorWithDefaultOptions")
        names = []
        for i in range(count.value):
            name = self._runtime.new(f"SessionGet{side}Name", self._session, i, allocator)
            names.append(ctypes.string_at(name.value))
        return names

    def _value(self, array):
        element = next(code for code, dtype in _ELEMENT_TYPES.items() if array.dtype == dtype)
        shape = (ctypes.c_int64 * array.ndim)(*array.shape)
        pointer = ctypes.c_void_p(array.ctypes.data)
        return self._runtime.new(
            "CreateTensorWithDataAsOrtValue",
            self._memory,
            pointer,
            array.nbytes,
            shape,
            array.ndim,
            ctypes.c_int(element),
        )

    def _array(self, value):
        call = self._runtime.call
        info = self._runtime.new("GetTensorTypeAndShape", value)
        element, rank = ctypes.c_int(), ctypes.c_size_t()
        call("GetTensorElementType", info, ctypes.byref(element))
        call("GetDimensionsCount", info, ctypes.byref(rank))
        shape = (ctypes.c_int64 * rank.value)()
        call("GetDimensions", info, shape, rank.value)
        self._runtime.release("ReleaseTensorTypeAndShapeInfo", info)
        dtype = np.dtype(_ELEMENT_TYPES[element.value])
        data = self._runtime.new("GetTensorMutableData", value)
        count = int(np.prod(shape[:], dtype=np.int64))
        content = ctypes.string_at(data.value, count * dtype.itemsize) if count else b""
        return np.frombuffer(content, dtype).reshape(shape[:])
