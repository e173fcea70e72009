"""Steps 1 and 2: which sheet, upload, headings; and the list of batches."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hrss_portal.access import policy as policies
from hrss_portal.access.routes import policy
from hrss_portal.imports import batches, fixing, landing, registry, staging
from hrss_portal.imports.cleaning import Cleaner
from hrss_portal.imports.headings import WAYS, letter
from hrss_portal.imports.layout import Layout
from hrss_portal.imports.models import Batch
from hrss_portal.imports.refusals import FileRefused
from hrss_portal.imports.steps import (
    INLINE_BYTES,
    batch_or_404,
    frame,
    guarded,
    is_working,
    sheet_or_404,
    to_step,
    who,
)
from hrss_portal.jobs.queue import enqueue

PAGE_ROWS = 30
GIVEN = 200  # characters of a value that every row gets
COUNTS = (
    ("ghost_rows", "空行"),
    ("blank_rows", "空白行"),
    ("ghost_columns", "空列"),
    ("hidden_columns", "隐藏列"),
    ("hidden_sheets", "隐藏的工作表（没有读）"),
    ("hidden_rows", "隐藏行（照常读入）"),
)


@policy("imports.batch.view")
@never_cache
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The sheets that this person may import, and the batches of the unit, open ones first."""
    user = who(request)
    sheets = [sheet for sheet in registry.sheets() if policies.can(user, sheet.policy)]
    codes = [sheet.code for sheet in sheets]
    rows = Batch.objects.filter(sheet_code__in=codes).select_related("unit", "owner")
    if state := request.GET.get("state", ""):
        rows = rows.filter(state=state)
    page = Paginator(rows.order_by("-pk"), PAGE_ROWS).get_page(request.GET.get("page"))
    context = {
        "title": "表格导入",
        "sheets": [
            {"sheet": sheet, "exports": sheet.call("export") is not None} for sheet in sheets
        ],
        "page": page,
        "states": Batch.State.choices,
        "more": urlencode({"state": state}),
        "state": state,
    }
    return render(request, "imports/batches.html", context)


@policy("imports.batch.add")
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, code: str) -> HttpResponse:
    """Step 1: choose a file.  A file that cannot be read is refused here, with what to do."""
    sheet = sheet_or_404(request, code)
    refused = ""
    if request.method == "POST":
        sent = request.FILES.get("file")
        if sent is None:
            refused = "选择要上传的文件"
        else:
            try:
                batch = batches.receive(
                    sheet,
                    sent.read(),
                    name=sent.name or "",
                    by=who(request),
                    upload_key=request.POST.get("_key", "")[:64],
                )
                return to_step(batch)
            except FileRefused as error:
                refused = str(error)
    return render(request, "imports/upload.html", _upload_page(sheet, refused))


def _upload_page(sheet: Any, refused: str) -> dict[str, Any]:
    blank = Batch(sheet_code=sheet.code, pk=0)
    context = frame(blank, "upload", sheet=sheet, refused=refused)
    for step in context["steps"]:
        step["url"] = ""
    return context | {"page_state": "error" if refused else "ready", "errors": refused}


@policy("imports.batch.view")
@require_GET
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """The batch where it stands: sends on to the right step."""
    return to_step(batch_or_404(request, pk))


@policy("imports.batch.edit")
@never_cache
@require_http_methods(["GET", "POST"])
@guarded
def columns(request: HttpRequest, found: Batch) -> HttpResponse:
    """Step 2: which heading is which column; a person decides what is not certain."""
    if found.state not in Batch.OPEN:
        return to_step(found)
    if request.method == "POST":
        return _settle(request, found)
    return render(request, "imports/columns.html", _columns_page(found))


def _settle(request: HttpRequest, found: Batch) -> HttpResponse:
    names = {column.name for column in found.sheet.columns}
    chosen = {
        number: name if (name := request.POST.get(f"column:{number}", "")) in names else ""
        for number in found.place.headings
    }
    given = {
        name: text[:GIVEN]
        for name in names
        if (text := request.POST.get(f"given:{name}", "").strip())
    }
    before = {n: found.place.columns.get(n, ("", 0))[0] for n in found.place.headings}
    if chosen != before or given != found.place.given or found.place.problems:
        batches.settle(found, chosen, given)
    if batches.open_questions(found):
        return to_step(found, "columns")
    if found.file_size > INLINE_BYTES:
        job = enqueue("imports.read", {"batch": found.pk}, by=who(request))
        found.job_id = job.pk
        found.save()
        return to_step(found, "fix")
    try:
        staging.stage(found)
        landing.try_out(found, by=who(request))
    except FileRefused as refused:
        messages.error(request, str(refused))
        return to_step(found, "columns")
    return to_step(found)


def _columns_page(found: Batch) -> dict[str, Any]:
    layout, sheet = found.place, found.sheet
    cleaner = Cleaner(sheet, layout)
    rows = []
    for number, words in sorted(layout.headings.items()):
        name, way = layout.columns.get(number, ("", -1))
        rows.append(
            {
                "number": number,
                "letter": letter(number),
                "words": words,
                "name": name,
                "way": WAYS.get(way, "不导入"),
                "unit": cleaner.converted.get(name, ""),
            }
        )
    return frame(
        found,
        "columns",
        rows=rows,
        options=[(column.name, column.heading) for column in sheet.columns],
        questions=batches.open_questions(found),
        absent=_absent(found),
        absent_open=bool(cleaner.missing_required() or layout.given),
        place=_place(layout),
        ignored=[(label, layout.counts[name]) for name, label in COUNTS if layout.counts.get(name)],
        before=batches.same_before(found),
        working=is_working(found),
    )


def _absent(found: Batch) -> list[dict[str, Any]]:
    """Our columns that no heading names, with the choices of a closed list and what was given."""
    cleaner = Cleaner(found.sheet, found.place)
    return [
        {
            "name": name,
            "heading": cleaner.columns[name].heading,
            "required": cleaner.fields[name].required,
            "options": fixing.options(cleaner.fields[name]),
            "text": found.place.given.get(name, ""),
        }
        for name in found.place.missing
    ]


def _place(layout: Layout) -> str:
    rows = layout.header_rows
    shown = f"第 {rows[0]} 行" if len(rows) == 1 else f"第 {rows[0]}–{rows[-1]} 行合并表头"
    return f"工作表“{layout.sheet_name}”，{shown}" if layout.sheet_name else shown


@policy("imports.batch.edit")
@require_POST
@guarded
def take_over(request: HttpRequest, found: Batch) -> HttpResponse:
    """Another person of the unit goes on with a batch."""
    if found.state in Batch.OPEN:
        found.owner = who(request)
        found.version += 1
        found.save()
        messages.success(request, f"已由你接手“{found.file_name}”")
    return to_step(found)


@policy("imports.batch.edit")
@require_POST
@guarded
def give_up(request: HttpRequest, found: Batch) -> HttpResponse:
    """Ends a batch that will not be landed; its rows and its file are deleted."""
    if found.state in Batch.OPEN:
        staging.discard(found)
        messages.success(request, f"已放弃“{found.file_name}”，没有写入任何数据")
    return redirect("imports:batches")
