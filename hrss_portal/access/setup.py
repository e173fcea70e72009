"""The units of a bureau from the data files, the first administrator, the demo log-ins."""

import csv
import json
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from axes.utils import reset as reset_attempts
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.module_loading import import_string
from django_otp.plugins.otp_totp.models import TOTPDevice

from hrss_portal.access.accounts import reset_password
from hrss_portal.access.custody import TELL
from hrss_portal.access.models import Grant, Unit, User

DATA = Path(__file__).resolve().parent / "data"
LOGINS = "demo_logins.json"


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def known_regions() -> list[str]:
    """The region codes for which a bureau and its towns ship with the portal."""
    return [row["region"] for row in _rows("bureaus.csv")]


@transaction.atomic
def load_units(region: str = "341522") -> Unit:
    """The bureau of a region with its offices and towns; existing units are left as they are.

    Idempotent.  Raises ``LookupError`` for a region that does not ship; such a bureau is made on
    the page or by the sheet UNITS.
    """
    bureau = next((row for row in _rows("bureaus.csv") if row["region"] == region), None)
    if bureau is None:
        raise LookupError(f"no bureau ships for region {region!r}: {known_regions()}")
    root, _ = Unit.objects.get_or_create(
        parent=None,
        region=region,
        defaults={
            "kind": Unit.Kind.BUREAU,
            "code": region,
            "name": bureau["name"],
            "short_name": bureau["short_name"],
            "numbering_prefix": bureau["numbering_prefix"],
        },
    )
    load_offices(root)
    for row in _rows(f"towns_{region}.csv"):
        _below(root, Unit.Kind.TOWN, row)
    return root


def load_offices(root: Unit) -> None:
    """The usual offices of a county bureau (names differ from county to county: edit them)."""
    for row in _rows("offices.csv"):
        _below(root, Unit.Kind.OFFICE, row)


def _below(root: Unit, kind: Unit.Kind, row: dict[str, str]) -> Unit:
    unit, _ = Unit.objects.get_or_create(
        parent=root,
        name=row["name"],
        defaults={
            "kind": kind,
            "code": row["code"],
            "short_name": row["short_name"],
            "synonyms": [word for word in row["synonyms"].split("|") if word],
            "areas": (row.get("areas") or "").split(),
        },
    )
    return unit


def has_administrator() -> bool:
    """Whether somebody can administer accounts."""
    return administrators().exists()


@transaction.atomic
def first_administrator(staff_no: str, name: str, root: Unit) -> tuple[User, str]:
    """The first account of an empty portal and its temporary password (shown once).

    The grant has no granter: there is nobody yet.  Everything later needs two people, or one who
    signs twice with a reason.
    """
    user = User.objects.filter(staff_no__iexact=staff_no).first()
    if user is None:
        user = User.objects.create_user(staff_no, name, unit=root)
    password = reset_password(user)
    Grant.objects.get_or_create(user=user, post="SYS", unit=root, area="", revoked_at=None)
    return user, password


def administrators(root: Unit | None = None) -> QuerySet[User]:
    """The active accounts that administer accounts now: of one bureau, or of all."""
    held = Grant.objects.in_force().filter(post="SYS")
    if root is not None:
        held = held.filter(unit__path__startswith=root.path)
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("staff_no")


@transaction.atomic
def reopen_administrator(user: User) -> str:
    """A temporary password for an administrator whom nobody else can help; shown once.

    For whoever sits at the server.  The second factor and the lock after wrong passwords go too;
    directors, security and audit administrators find it in their inbox, the log has the changes.
    The demo log-ins forget the password that no longer opens.
    """
    TOTPDevice.objects.filter(user=user).delete()
    password = reset_password(user)
    reset_attempts(username=user.staff_no)
    told = Grant.objects.in_force().filter(post__in=("DIR", "SEC", "AUD")).values("user")
    import_string(TELL)(
        User.objects.filter(is_active=True, pk__in=told).order_by("pk"),
        title=f"系统管理员 {user.name}（{user.staff_no}）的登录密码已在服务器上重置",
        body="在服务器控制台执行，动态口令同时停用。不知道此事的，立即查“日志”并联系本人。",
        url=reverse("access:user_detail", args=[user.pk]),
    )
    transaction.on_commit(lambda: forget_demo_login(user.staff_no))
    return password


def write_demo_logins(rows: Sequence[dict[str, Any]]) -> Path:
    """Keeps the demo passwords in a file that only its owner can read.

    Each row has ``staff_no``, ``name``, ``unit``, ``posts`` (labels) and ``password``.
    """
    path = Path(settings.VAR_DIR) / LOGINS
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(json.dumps(list(rows), ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def forget_demo_login(staff_no: str) -> None:
    """Takes an account whose password was reset out of the file of demo passwords, if it is there.

    The new password is not kept beside the others: it is shown once and changed at the log-in.
    """
    path = Path(settings.VAR_DIR) / LOGINS
    if not path.exists():
        return
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    others = [row for row in rows if row["staff_no"] != staff_no]
    if len(others) < len(rows):
        write_demo_logins(others)


def read_demo_logins() -> list[dict[str, Any]]:
    """The demo log-ins whose accounts are still in use; empty without a demo.

    Raises ``PermissionError`` if others can read the file.
    """
    path = Path(settings.VAR_DIR) / LOGINS
    if not path.exists():
        return []
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise PermissionError(f"{path} 可被他人读取，先执行 chmod 600")
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    numbers = [row["staff_no"] for row in rows]
    active = User.objects.filter(staff_no__in=numbers, is_active=True)
    known = set(active.values_list("staff_no", flat=True))
    return [row for row in rows if row["staff_no"] in known]
