"""随机抽取: the list of draws, the page of one, publishing, sealing, opening, the public result."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hrss_portal.access.models import User
from hrss_portal.access.public import Rows, public_page
from hrss_portal.access.routes import get_visible_or_404, policy
from hrss_portal.activities import drawing, draws
from hrss_portal.activities.forms.draws import DrawForm, HalfForm, PublishForm, SeedForm
from hrss_portal.activities.models import Draw, DrawHalf
from hrss_portal.desk.acting import ActPage
from hrss_portal.desk.activities.pages import ActivityPage
from hrss_portal.desk.columns import Col
from hrss_portal.desk.record_detail import Fact, Facts, Panel
from hrss_portal.desk.registers import Register

STAGES = {
    "kept": "名单未公布",
    "published": "名单已公布",
    "sealed": "种子已封存",
    "drawn": "已抽取",
}
TINTS = {"kept": "open", "published": "open", "sealed": "open", "drawn": "closed"}
SCRIPT = Path(drawing.__file__).with_name("data") / "verify_draw.txt"


def lines(draw: Draw) -> list[dict[str, Any]]:
    """The result with names: the objects in order, each with its officers."""
    objects = {row["id"]: row["label"] for row in draw.objects_list}
    officers = {row["id"]: row["label"] for row in draw.officers}
    return [
        {
            "id": row["object"],
            "label": objects[row["object"]],
            "officers": "、".join(officers[one] for one in row["officers"]),
            "score": row["score"],
        }
        for row in draw.result or ()
    ]


def publisher(draw: Draw) -> str:
    """Who published the list; nobody yet."""
    return draw.published_by.name if draw.published_by else ""


def reach(draw: Draw) -> str:
    """To whom a list is published."""
    if draw.published_at is None:
        return ""
    return "对外（不用登录的页面）" if draw.is_public else "局内"


class DrawPage(ActivityPage):
    """One draw: what was published, how the seed came about, the result."""

    related = (*ActivityPage.related, "published_by")
    shows_void = True

    facts = (
        Facts(
            title="名单",
            rows=(
                Fact(label="公布人", value=publisher),
                Fact(label="公布时间", value="published_at"),
                Fact(label="公布范围", value=reach),
                Fact(label="对象", value=lambda draw: len(draw.objects_list)),
                Fact(label="抽取数量", value="k"),
                Fact(label="检查人员", value=lambda draw: len(draw.officers)),
                Fact(label="算法", value="algorithm"),
                Fact(label="名单哈希值", value="list_sha256", wide=True),
            ),
        ),
        Facts(
            title="种子",
            rows=(
                Fact(label="怎么定", value="seed_kind"),
                Fact(label="出处", value="seed_source"),
                Fact(label="日期", value="seed_on"),
                Fact(label="两半打开的期限", value="open_by"),
                Fact(label="种子", value="seed", wide=True),
                Fact(label="抽取时间", value="drawn_at"),
                Fact(label="说明", value="note", wide=True),
            ),
        ),
    )

    def tag(self, record: Draw) -> tuple[str, str]:
        """Which step was taken last."""
        return TINTS[record.stage], STAGES[record.stage]

    def acts(self, record: Draw) -> list[dict[str, str]]:
        """What comes next, and the file of a draw that was made."""
        found = super().acts(record)
        if record.stage == "drawn":
            return [self.act("下载抽取文件", "draw_file", record, "download"), *found]
        if not found:
            return found
        if record.stage == "kept":
            return [self.act("公布名单", "draw_publish", record, "megaphone"), *found]
        if record.seed_kind == Draw.SeedKind.PUBLIC:
            return [self.act("填公开数值并抽取", "draw_seed", record, "dices"), *found]
        if record.stage == "sealed":
            return [self.act("打开自己的一半", "draw_open", record, "lock-open"), *found]
        return [self.act("封存自己的一半", "draw_seal", record, "lock"), *found]

    def panels(self, record: Draw) -> Sequence[Panel]:
        """The result, the halves, the list."""
        data = {
            "draw": record,
            "lines": lines(record),
            "script": SCRIPT.read_text("utf-8"),
            "beside": draws.beside(record) if record.published_at else (),
        }
        found = [Panel(title="结果", template="activities/_draw.html", data=data, wide=True)]
        if record.seed_kind == Draw.SeedKind.HALVES:
            halves = {
                "rows": list(record.halves.select_related("person")),
                "text": record.halves_text,
            }
            found.append(Panel(title="两半", template="activities/_halves.html", data=halves))
        return found


class DrawRegister(Register):
    """随机抽取."""

    model, record_form, detail_page, void_verb = Draw, DrawForm, DrawPage, "void"
    about = "先公布名单和哈希值，后定种子，结果谁都能验算。抽不下去的写明理由作废。"
    columns = (
        Col(name="title", label="抽取事项", link=True),
        Col(name="created_at", label="登记时间", kind="moment", sort="created_at"),
        Col(name="published_at", label="公布时间", kind="moment", sort="published_at"),
        Col(name="published_by.name", label="公布人"),
        Col(name="k", label="抽取数量", kind="number"),
        Col(name="drawn_at", label="抽取时间", kind="moment", sort="drawn_at"),
    )
    related = ("published_by",)

    @classmethod
    def void(cls, record: Draw, *, by: User, reason: str) -> str:
        """A list that was published goes only with a second person, and stays to be seen."""
        if record.published_at is None:
            return super().void(record, by=by, reason=reason)
        draws.propose_void(record, by=by, reason=reason)
        return "已提交作废，由另一人在“双人复核”里确认后生效；作废后仍在公布页上，注明理由"


class DrawPublish(ActPage):
    """公布名单."""

    policy = "activities.draw.edit"
    model, title, submit = Draw, "公布名单", "核对无误，公布名单"
    entry = True
    template_name = "activities/draw_publish.html"

    def make(self, thing: Draw, data: Any = None) -> Any:
        """To whom."""
        return PublishForm(data)

    def act(self, thing: Draw, form: Any) -> str:
        """Publish list and hash."""
        draws.publish(thing, to_everybody=form.cleaned_data["to_everybody"], by=self.user)
        return "名单已公布"

    def more(self, thing: Draw) -> dict[str, Any]:
        """The list as it was read, to be confirmed."""
        return {"draw": thing}


class DrawSeal(ActPage):
    """封存自己的一半."""

    policy = "activities.draw.edit"
    model, title = Draw, "封存自己的一半"
    entry = True

    def make(self, thing: Draw, data: Any = None) -> Any:
        """The half."""
        return HalfForm(data)

    def act(self, thing: Draw, form: Any) -> str:
        """Keep its hash."""
        draws.seal(thing, form.cleaned_data["half"], by=self.user)
        return "已封存，另一半由另一个人封存，两半都封存后再打开"


class DrawOpen(DrawSeal):
    """打开自己的一半."""

    title = "打开自己的一半"

    def act(self, thing: Draw, form: Any) -> str:
        """Enter it; the second one opens both and makes the draw."""
        found = draws.open_half(thing, form.cleaned_data["half"], by=self.user)
        return (
            "已抽取"
            if found.drawn_at
            else "已交来，加密存着，谁也看不到；另一个人交来后两半一起打开"
        )


class DrawSeed(DrawSeal):
    """填公开数值."""

    title = "填公开数值并抽取"

    def make(self, thing: Draw, data: Any = None) -> Any:
        """The value."""
        return SeedForm(data)

    def act(self, thing: Draw, form: Any) -> str:
        """Make the draw."""
        draws.fix_seed(thing, form.cleaned_data["seed"], by=self.user)
        return "已抽取"


def _handed_out(draw: Draw) -> HttpResponse:
    """The draw file, byte for byte."""
    if draw.drawn_at is None:
        raise Http404
    response = HttpResponse(draw.file, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="draw-{draw.pk}.json"'
    return response


@policy("activities.draw.view")
@require_GET
def draw_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file that ``draw_verify`` and the printed script verify."""
    return _handed_out(get_visible_or_404(Draw, pk=pk))


def of_public(request: HttpRequest, pk: int) -> Rows:
    """The draws published to everybody, one looked at beside the others, and their halves."""
    return {
        Draw: Q(is_public=True, published_at__isnull=False),
        DrawHalf: Q(draw__is_public=True, draw__published_at__isnull=False),
    }


def _public(pk: int) -> Draw:
    found = Draw.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    draw: Draw = found
    return draw


@public_page("draw", sees=of_public, absent=("没有这次抽取", "请核对网址。"))
def public_result(request: HttpRequest, pk: int) -> HttpResponse:
    """Hash and list before the draw, result and how to verify it after."""
    draw = _public(pk)
    page = {
        "beside": draws.beside(draw),
        "before": draws.before(draw).count(),
        "title": draw.title,
        "draw": draw,
        "lines": lines(draw),
        "script": SCRIPT.read_text("utf-8"),
        "halves": draw.halves.select_related("person__unit").order_by("pk"),
        "halves_text": draw.halves_text,
    }
    return render(request, "activities/draw_public.html", page)


@public_page("draw", sees=of_public, absent=("没有这次抽取", "请核对网址。"))
def public_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The draw file for everybody."""
    return _handed_out(_public(pk))
