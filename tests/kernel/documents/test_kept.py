"""Files that were sent with a form stay when the form is refused (A33)."""

import os
import re
from typing import Any

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from hrss_portal.documents.fields import FileField, FilesField
from hrss_portal.documents.kept import folder, keep, reopen
from hrss_portal.documents.upkeep import sweep_orphans
from hrss_portal.jobs.models import Job

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


class _Form(forms.Form):
    title = forms.CharField()
    files = FilesField(required=False)
    proof = FileField()


def _sent(name: str, content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def _tokens(form: forms.Form, name: str) -> list[str]:
    return re.findall(rf'name="{name}-kept"\s+value="([^"]+)"', str(form[name]))


def test_files_of_a_refused_form_are_sent_back_by_their_tokens():
    sent = MultiValueDict({"files": [_sent("a.pdf"), _sent("b.pdf")], "proof": [_sent("c.pdf")]})
    form = _Form(QueryDict("title="), sent)
    assert not form.is_valid()
    tokens = {name: _tokens(form, name) for name in ("files", "proof")}
    assert [len(tokens["files"]), len(tokens["proof"])] == [2, 1]
    again = QueryDict(mutable=True)
    again.update({"title": "x", "proof-kept": tokens["proof"][0]})
    again.setlist("files-kept", tokens["files"][:1])  # the second was unticked
    form = _Form(again, MultiValueDict({"files": [_sent("d.pdf")]}))
    assert form.is_valid(), form.errors
    assert [one.name for one in form.cleaned_data["files"]] == ["a.pdf", "d.pdf"]
    assert form.cleaned_data["proof"].read() == PDF


def test_a_refused_file_is_named_and_not_kept():
    sent = MultiValueDict({"files": [_sent("a.pdf"), _sent("bad.pdf", b"MZ...")]})
    form = _Form(QueryDict("title=x&proof-kept=made-up"), sent)
    assert not form.is_valid()
    assert [words[: len("bad.pdf：")] for words in form.errors["files"]] == ["bad.pdf："]
    assert "proof" in form.errors
    assert _tokens(form, "files") == []


def test_kept_files_go_after_a_day(db: Any):
    token = keep(_sent("a.pdf"))
    assert reopen(token) is not None
    path = next(folder().iterdir())
    os.utime(path, (0, 0))
    sweep_orphans(Job())
    assert reopen(token) is None
