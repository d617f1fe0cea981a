"""lit settings: how .mlir, .dl and .test files are run. See docs/testing.md."""
import os
import shutil

import lit.formats

config.name = "dlc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".dl", ".test"]
config.excludes = ["Inputs", "unit", "__pycache__"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.dlc_build, "test")
config.environment["PATH"] = os.pathsep.join(
    [os.path.join(config.dlc_build, "bin"), config.llvm_tools, config.environment["PATH"]]
)
for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "HOME"):
    if name in os.environ:
        config.environment[name] = os.environ[name]
config.substitutions += [
    ("%repo", config.dlc_source),
    ("%python", config.python),
    ("%cc", "cc"),
    ("%build", config.dlc_build),
]
if "avx512f" in open("/proc/cpuinfo").read():
    config.available_features.add("avx512")
if os.environ.get("DLC_LONG"):
    config.available_features.add("long")
if shutil.which("chromium"):
    config.available_features.add("chromium")
for module in ("torch", "numpy", "h5py"):
    if os.system(config.python + f" -c 'import {module}' 2>/dev/null") == 0:
        config.available_features.add(module)
