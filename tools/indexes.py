"""The package index that pip was told to use, told to uv, which reads none of its settings."""

import configparser
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

# pip's setting -> the variable by which uv takes it
_VARIABLES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
}


def pip_files(environ: Mapping[str, str]) -> list[Path]:
    """pip's configuration files, the weakest first."""
    home = Path(environ.get("HOME") or os.path.expanduser("~"))
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    shared = (environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")
    files = [Path(folder) / "pip" / "pip.conf" for folder in shared if folder]
    files += [Path("/etc/pip.conf"), home / ".pip" / "pip.conf", config / "pip" / "pip.conf"]
    if environ.get("PIP_CONFIG_FILE"):
        files.append(Path(environ["PIP_CONFIG_FILE"]))
    return files


def pip_settings(environ: Mapping[str, str], files: Iterable[Path] | None = None) -> dict[str, str]:
    """The settings of ``_VARIABLES`` as pip would see them: files, then ``PIP_*`` variables."""
    found: dict[str, str] = {}
    for file in pip_files(environ) if files is None else files:
        parser = configparser.RawConfigParser()
        try:
            parser.read(file, encoding="utf-8")
        except (configparser.Error, OSError, UnicodeDecodeError):
            continue
        for section in ("global", "install"):
            if parser.has_section(section):
                for key, value in parser.items(section):
                    found[key.replace("_", "-")] = " ".join(value.split())
    for name in _VARIABLES:
        value = environ.get("PIP_" + name.upper().replace("-", "_"))
        if value:
            found[name] = value
    return {name: value for name, value in found.items() if name in _VARIABLES and value}


def uv_environment(
    environ: Mapping[str, str], files: Iterable[Path] | None = None
) -> dict[str, str]:
    """``environ`` with pip's index handed over; what is set for uv itself stays as it is.

    With several indexes the best match may come from any of them: the hashes decide what is good.
    """
    result = dict(environ)
    settings = pip_settings(environ, files)
    for name, value in settings.items():
        result.setdefault(_VARIABLES[name], value)
    if "extra-index-url" in settings:
        result.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    return result
