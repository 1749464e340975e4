"""Runs .tflite models through TensorFlow Lite's C library: the original the conversion is held against."""

import ctypes

import numpy as np

# TfLiteType of the C interface, which does not number types as the file format does.
_TYPES = {1: np.dtype("<f4"), 2: np.dtype("<i4"), 3: np.dtype("<u1"), 4: np.dtype("<i8"), 9: np.dtype("<i1")}


class TfliteError(RuntimeError):
    """TensorFlow Lite refused the model or the call."""


class TfliteRuntime:
    """The loaded library."""

    def __init__(self, library_path):
        self.library = ctypes.CDLL(str(library_path))
        for name in (
            "TfLiteModelCreate",
            "TfLiteInterpreterOptionsCreate",
            "TfLiteInterpreterCreate",
            "TfLiteInterpreterGetInputTensor",
            "TfLiteInterpreterGetOutputTensor",
            "TfLiteTensorData",
        ):
            getattr(self.library, name).restype = ctypes.c_void_p
        self.library.TfLiteTensorByteSize.restype = ctypes.c_size_t

    def interpreter(self, data, threads=1):
        return Interpreter(self.library, data, threads)


class Interpreter:
    """One model with its tensors allocated."""

    def __init__(self, library, data, threads):
        self._library = library
        self._data = data  # the library reads it in place
        model = library.TfLiteModelCreate(self._data, ctypes.c_size_t(len(data)))
        if not model:
            raise TfliteError("the model was refused")
        options = library.TfLiteInterpreterOptionsCreate()
        library.TfLiteInterpreterOptionsSetNumThreads(ctypes.c_void_p(options), threads)
        self._interpreter = ctypes.c_void_p(
            library.TfLiteInterpreterCreate(ctypes.c_void_p(model), ctypes.c_void_p(options))
        )
        if not self._interpreter:
            raise TfliteError("no interpreter for the model")
        self._check(library.TfLiteInterpreterAllocateTensors(self._interpreter), "allocate tensors")

    def run(self, array):
        """The outputs, in the model's order, as stored (quantized ones unscaled)."""
        library = self._library
        tensor = ctypes.c_void_p(library.TfLiteInterpreterGetInputTensor(self._interpreter, 0))
        array = np.ascontiguousarray(array)
        pointer = ctypes.c_void_p(array.ctypes.data)
        self._check(library.TfLiteTensorCopyFromBuffer(tensor, pointer, ctypes.c_size_t(array.nbytes)), "fill the input")
        self._check(library.TfLiteInterpreterInvoke(self._interpreter), "run")
        count = library.TfLiteInterpreterGetOutputTensorCount(self._interpreter)
        return [self._output(i) for i in range(count)]

    def _output(self, index):
        library = self._library
        tensor = ctypes.c_void_p(library.TfLiteInterpreterGetOutputTensor(self._interpreter, index))
        dtype = _TYPES[library.TfLiteTensorType(tensor)]
        rank = library.TfLiteTensorNumDims(tensor)
        shape = [library.TfLiteTensorDim(tensor, i) for i in range(rank)]
        content = ctypes.string_at(library.TfLiteTensorData(tensor), library.TfLiteTensorByteSize(tensor))
        return np.frombuffer(content, dtype).reshape(shape)

    @staticmethod
    def _check(status, what):
        if status != 0:
            raise TfliteError(f"could not {what} (status {status})")
