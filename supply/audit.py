"""python -m supply.audit [OPTION ...]: asks an advisory service about every pinned package.

Exits 0 when nothing is known against any of them, 1 with the advisories, and 2 when the service
could not be asked about all of them, so that silence is never taken for a clean answer. Options
go to pip-audit, for example: --vulnerability-service osv, or --ignore-vuln ID.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

CONSTRAINTS = Path(__file__).parent.parent / "constraints.txt"


def main() -> int:
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(CONSTRAINTS), "--no-deps", "--disable-pip"]
    done = subprocess.run(
        [*command, "--progress-spinner", "off", "--format", "json", *sys.argv[1:]],
        capture_output=True,
        text=True,
    )
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except ValueError:  # pip-audit ends without an answer when it gets none, in a traceback or an error of its own
        said = [line for line in done.stderr.splitlines() if line.strip()]
        why = said[-1].strip() if said else f"pip-audit ended with {done.returncode}"
        print(f"the advisory service could not be asked: {why}", file=sys.stderr)
        return 2
    # pip-audit exits 0 for packages that its service does not know, which is also what one behind a mirror answers.
    unknown = sorted(package["name"] for package in packages if "skip_reason" in package)
    known = [(package, one) for package in packages for one in package.get("vulns", [])]
    for package, one in known:
        mended = ", ".join(one["fix_versions"]) or "no release"
        print(f"{package['name']} {package['version']}: {one['id']}, mended in {mended}")
    if unknown:
        print(
            f"the advisory service did not answer for {len(unknown)} of {len(packages)} packages: "
            f"{', '.join(unknown[:5])}{' ...' if len(unknown) > 5 else ''}",
            file=sys.stderr,
        )
    else:
        print(f"{len(packages)} packages, {len(known)} advisories")
    return 1 if known else 2 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
