"""Every declared role and job: the post exists, the action is about something, the work exists."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.utils.module_loading import import_string

from hrss_portal.access import routes
from hrss_portal.access.policy import Scope, split
from hrss_portal.access.roles import DATA_CLASSES, POST_LABELS, Role
from hrss_portal.areas import declared, portal_apps
from hrss_portal.imports import registry

ROLES = declared("roles")
ASKED = re.compile(r"[\"'](\w+)\.(\w+)\.\w+[\"']")
JOBS = declared("jobs")


def nouns() -> set[tuple[str, str]]:
    """Every (area, noun) that a model, a route, a menu or another declaration is about."""
    actions = [str(routes.policy_of(pattern.callback)) for _, pattern in routes.routes()]
    actions += [item.policy for config in portal_apps() for item in config.menu]
    actions += [sheet.policy for sheet in registry.sheets()]
    actions += [getattr(one, "policy", "") for one in declared("indicators")]
    actions += [getattr(one, "policy", "") for one in declared("documents")]
    found = {split(one.removeprefix("api:"))[:2] for one in actions if one.count(".") == 2}
    found |= {tuple(flow.of.split(".")) for flow in declared("workflows")}
    for folder in ("hrss_portal", *settings.WORK_AREAS):
        for path in (Path(settings.BASE_DIR) / folder).rglob("*.py"):
            if path.name != "roles.py":  # what the code itself asks for: "area.noun.verb"
                found |= set(ASKED.findall(path.read_text(encoding="utf-8")))
    for model in apps.get_models():
        scope = getattr(model, "scope", None)
        if isinstance(scope, Scope) and scope.noun:
            found.add((scope.area, scope.noun))
        found.add((model._meta.app_label, model._meta.model_name))
    return found


def test_every_post_exists_and_every_data_class_too():
    unknown = {role.post for role in ROLES} - set(POST_LABELS)
    assert unknown == set(), "roles.py names posts that hrss_portal/access/roles.py does not have"
    known = {code for code, _ in DATA_CLASSES}
    assert {one for role in ROLES for one in role.classes} - known == set()


def test_every_area_that_a_role_names_is_an_app():
    labels = {config.label for config in portal_apps()}
    unknown = {role.area for role in ROLES} - labels - {"*"}
    assert unknown == set(), "Role(area=…) is the app's label, '*' means every area"


def test_every_action_is_about_a_real_noun():
    known = nouns()
    unreal = {
        f"{role.area}.{can}"
        for role in ROLES
        for can in role.can
        if role.area != "*"
        and not can.startswith("*")
        and (role.area, can.split(".")[0].replace("_", "")) not in known
        and (role.area, can.split(".")[0]) not in known
    }
    assert sorted(unreal) == [], (
        "roles.py lists actions about what no model, route, sheet or board is called; correct the "
        "noun in can="
    )


def test_every_policy_of_a_route_is_held_by_some_post():
    """A page that nobody may open is a mistake in the roles or in the policy."""
    held = {(role.area, part) for role in ROLES for part in role.can}
    lonely = []
    for name, pattern in routes.routes():
        needed = str(routes.policy_of(pattern.callback)).removeprefix("api:")
        if needed.count(".") != 2:
            continue
        area, noun, verb = split(needed)
        ways = {f"{noun}.{verb}", f"{noun}.*", f"*.{verb}", "*.*"}
        if not any((one, way) in held for one in (area, "*") for way in ways):
            lonely.append(f"{name}: {needed}")
    assert lonely == [], "no post may open these routes; add the action to a Role of the area"


@pytest.mark.parametrize("kind", JOBS, ids=[kind.code for kind in JOBS])
def test_every_job_can_be_run(kind):
    assert callable(import_string(kind.run))
    assert not (kind.every and kind.at)
    assert kind.attempts >= 1


def test_every_job_has_one_code():
    codes = [kind.code for kind in JOBS]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("role", ROLES, ids=lambda role: f"{role.area}-{role.post}-{role.scope}")
def test_who_may_do_more_may_do_what_is_part_of_it(role: Role) -> None:
    """Whoever edits a case hands materials in as well; whoever makes papers makes the receipt."""
    kinds = {flow.of.split(".")[1] for flow in declared("workflows")}
    for kind in kinds:
        for more, part in (("edit", "attach"), ("paper", "receipt")):
            assert f"{kind}.{more}" not in role.can or f"{kind}.{part}" in role.can
