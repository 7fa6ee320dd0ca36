# SPDX-License-Identifier: Apache-2.0
"""Validates FHIR R4 bundles with the packages of support/fhir/package.json (JSON schema, structure definitions, value sets).

They are installed once, exactly as package-lock.json names them, into build/fhir-validator; after that nothing is fetched.
"""
import json
import os
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[3]
SOURCE = pathlib.Path(__file__).resolve().parent / "fhir"
INSTALLED = ROOT / "build" / "fhir-validator"
INSTALL_SECONDS = 600
VALIDATE_SECONDS = 300


def install():
    """-> where the packages are."""
    wanted = (SOURCE / "package-lock.json").read_bytes()
    done = INSTALLED / "installed.json"
    if not done.exists() or done.read_bytes() != wanted:
        INSTALLED.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(SOURCE / name, INSTALLED / name)
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=INSTALLED, check=True, timeout=INSTALL_SECONDS)
        done.write_bytes(wanted)
    return INSTALLED


def errors(folder, bundles):
    """{name: bundle} written into the folder and validated -> {name: [what is wrong]}."""
    for name, bundle in bundles.items():
        (folder / f"{name}.json").write_text(json.dumps(bundle, ensure_ascii=False), encoding="utf-8")
    done = subprocess.run(["node", SOURCE / "validate.js", folder], env={**os.environ, "FHIR_VALIDATOR": str(install())},
                          check=True, capture_output=True, text=True, timeout=VALIDATE_SECONDS)
    return {name.removesuffix(".json"): found for name, found in json.loads(done.stdout).items()}
