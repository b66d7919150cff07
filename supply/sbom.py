"""python -m supply.sbom FILE: what an installation holds, as CycloneDX JSON.

The packages that running factcheck needs, each as constraints.txt pins it, and the shipped
models with the sha256 of every file. Packages of the extras have the scope "optional"; what
only tests and training need is left out. The same commit gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import sys
import uuid
from importlib.metadata import PackageNotFoundError, metadata, requires
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from factcheck import __version__
from factcheck.models import MODELS
from factcheck.stores.mending import models as changed_models

ROOT = Path(__file__).parent.parent
# The extras that people install. What a package needs is read from the installed package, so
# an extra that `make setup` leaves out cannot be listed.
EXTRAS = ("desk", "lsp", "postgres", "ray")
INSTALLER = "pip"  # comes with Python in whatever version that has: listed without one


class Unlisted(Exception):
    """A part that cannot be listed truthfully; the message says which and what to do."""


def pins(path: Path = ROOT / "constraints.txt") -> dict[str, str]:
    """The pinned version of every package, by its canonical name."""
    found = re.findall(r"^([\w.-]+)==(\S+)", path.read_text("utf-8"), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in found}


def needs(*extras: str) -> dict[str, set[str]]:
    """Every package that factcheck with these extras needs on this platform, each with those that it needs itself."""
    if missing := set(extras) - set(metadata("factcheck").get_all("Provides-Extra", [])):
        raise Unlisted(f"factcheck is installed without the extra {', '.join(sorted(missing))}; run: make setup")
    found: dict[str, set[str]] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [("factcheck", extra) for extra in ("", *extras)]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        needed = found.setdefault(name, set())
        try:
            lines = requires(name) or []
        except PackageNotFoundError:
            raise Unlisted(f"{name} is not installed, so what it needs is not known; run: make setup") from None
        for requirement in map(Requirement, lines):
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                other = canonicalize_name(requirement.name)
                needed.add(other)
                waiting += [(other, more) for more in ("", *requirement.extras)]
    return found


def package(name: str, version: str | None, scope: ComponentScope | None) -> Component:
    # Older packages describe their licence in words of their own, and some paste all of it: left out.
    licence = metadata(name).get("License-Expression")
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY if scope else ComponentType.APPLICATION,
        scope=scope,
        bom_ref=name,
        purl=PackageURL("pypi", None, name, version),
        licenses=[LicenseExpression(licence)] if licence else [],
    )


def model(folder: Path) -> Component:
    """A shipped model, with its files inside it: a file's hash is the one that it must have to be loaded."""
    manifest = folder / "manifest.json"
    if manifest.exists():
        told = json.loads(manifest.read_text("utf-8"))
    else:  # one small file that says its own id
        told = json.loads((folder / "model.json").read_text("utf-8"))
        told["files"] = {"model.json": hashlib.sha256((folder / "model.json").read_bytes()).hexdigest()}
    name, _, version = told["id"].partition("@")
    files = [
        Component(
            name=f"factcheck/models/{folder.name}/{file}",
            type=ComponentType.FILE,
            bom_ref=f"factcheck/models/{folder.name}/{file}",
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=sha256)],
        )
        for file, sha256 in told["files"].items()
    ]
    return Component(
        name=name,
        version=version,
        type=ComponentType.MACHINE_LEARNING_MODEL,
        scope=ComponentScope.REQUIRED,
        bom_ref=f"factcheck/models/{folder.name}",
        components=files,
    )


def bill() -> Bom:
    """The list of parts; refuses what it could not list as it is."""
    if troubles := changed_models():
        raise Unlisted(f"{troubles[0].what}; {troubles[0].todo}")
    pinned, required, everything = pins(), needs(), needs(*EXTRAS)
    loose = sorted(set(everything) - set(pinned) - {"factcheck", INSTALLER})
    if loose:
        raise Unlisted(f"constraints.txt pins no version of {', '.join(loose)}; add the versions that were tested")
    own = package("factcheck", __version__, None)
    parts = {
        name: package(name, pinned.get(name), ComponentScope.REQUIRED if name in required else ComponentScope.OPTIONAL)
        for name in sorted(everything)
        if name != "factcheck"
    }
    shipped = [model(folder) for folder in sorted(MODELS.iterdir()) if any(folder.glob("*.json"))]
    bom = Bom(components=[*parts.values(), *shipped])
    bom.metadata.component = own
    parts["factcheck"] = own
    for name, needed in everything.items():
        bom.register_dependency(parts[name], [parts[other] for other in needed])
    bom.register_dependency(own, shipped)
    # Neither the clock nor chance: two lists of the same parts are the same file.
    bom.metadata.timestamp = dt.datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH") or 0), dt.UTC)
    listed = "\n".join(f"{part.bom_ref} {part.version}" for part in (*parts.values(), *shipped))
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_OID, f"factcheck {__version__}\n{listed}")
    return bom


def main() -> int:
    path = Path(sys.argv[1])
    try:
        bom = bill()
    except Unlisted as error:
        print(error, file=sys.stderr)
        return 2
    path.parent.mkdir(parents=True, exist_ok=True)
    text = make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=1)
    path.write_text(text + "\n", encoding="utf-8")
    scopes = [part.scope for part in bom.components if part.type is ComponentType.LIBRARY]
    print(
        f"{path}: {scopes.count(ComponentScope.REQUIRED)} packages, {scopes.count(ComponentScope.OPTIONAL)} more with "
        f"the extras {', '.join(EXTRAS)}, and {len(bom.components) - len(scopes)} models"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
