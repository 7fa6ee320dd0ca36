# SPDX-License-Identifier: Apache-2.0
"""The protos as Python modules, generated into the build tree by the compiler of the build."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
PLUGIN = "/usr/bin/grpc_python_plugin"
PROTOC_SECONDS = 60


def generate(target):
    """Generates and makes importable: madoguchi.v1.*_pb2 and *_pb2_grpc."""
    target.mkdir(parents=True, exist_ok=True)
    sources = sorted((ROOT / "proto" / "madoguchi" / "v1").glob("*.proto"))
    subprocess.run(["/usr/bin/protoc", f"-I{ROOT / 'proto'}", f"--python_out={target}", f"--grpc_python_out={target}",
                    f"--plugin=protoc-gen-grpc_python={PLUGIN}", *map(str, sources)], check=True, timeout=PROTOC_SECONDS)
    sys.path.insert(0, str(target))
