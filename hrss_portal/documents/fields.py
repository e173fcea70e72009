"""Boxes for files: each file is looked at with the form, and stays when the form is refused."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from hrss_portal.documents.kept import keep, reopen
from hrss_portal.documents.uploads import check_upload


def _all(source: Any, name: str) -> list[Any]:
    """Every value of a name: of a request's data, or of a plain dict."""
    if hasattr(source, "getlist"):
        return list(source.getlist(name))
    found = source.get(name)
    return found if isinstance(found, list) else [found] if found else []


class FileBox(forms.FileInput):
    """A file input that lists, ticked, what was sent already."""

    template_name = "documents/file_box.html"
    keeps = True  # the field says no when it refused what was sent

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """What was sent now and what was kept; one box takes the newest alone."""
        sent = _all(files, name)
        before = [kept for token in _all(data, f"{name}-kept") if (kept := reopen(token))]
        if self.allow_multiple_selected:
            return [*before, *sent]
        return (sent or before or [None])[-1]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Neither a file nor a kept one."""
        return name not in files and f"{name}-kept" not in data

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """The input with the files that are kept."""
        context = super().get_context(name, value, attrs)
        given = value if isinstance(value, list) else [value]
        sent = [one for one in given if isinstance(one, UploadedFile) and self.keeps]
        context["widget"]["kept"] = [
            {"token": keep(one), "name": one.name, "kilobytes": max(1, (one.size or 0) // 1024)}
            for one in sent
        ]
        if sent:
            context["widget"]["attrs"].pop("required", None)
        return context


class FilesBox(FileBox):
    """The same for several files at once."""

    allow_multiple_selected = True


class FileField(forms.FileField):
    """One file.  Raises ``ValidationError`` with the words of ``check_upload``."""

    widget = FileBox

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The file, looked at; what is refused is not kept either."""
        try:
            return self.looked_at(data, initial)
        except ValidationError:
            self.widget.keeps = False
            raise

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What was sent, so that the box can list it (Django's field forgets it here)."""
        return data

    def looked_at(self, data: Any, initial: Any) -> Any:
        """The file as the form gives it out."""
        found = super().clean(data, initial)
        if isinstance(found, UploadedFile):
            check_upload(found)
        return found


class FilesField(FileField):
    """Several files, as a list; each wrong one is named."""

    widget = FilesBox

    def looked_at(self, data: Any, initial: Any) -> Any:
        """Every file, or all that is wrong with them."""
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if not given:
            super().looked_at(None, initial)
            return []
        found: list[Any] = []
        problems: list[str] = []
        for one in given:
            try:
                found.append(super().looked_at(one, initial))
            except ValidationError as error:
                name = getattr(one, "name", "")
                problems.extend(f"{name}：{words}" for words in error.messages)
        if problems:
            raise ValidationError(problems)
        return found
