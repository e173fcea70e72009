"""更正: the form over those fields of a case that may be put right, with the reason."""

from typing import Any

from django import forms

from hrss_portal.casework.forms import chosen
from hrss_portal.casework.workflow import workflow_of
from hrss_portal.parties.fields import TextCell


class AmendForm(forms.ModelForm):
    """The fields of a case that may be corrected, with the reason."""

    reason = TextCell(label="更正理由", max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channels = workflow_of(self.instance).channels
        if "channel" in self.fields and channels:
            self.fields["channel"] = forms.ChoiceField(
                label=self.fields["channel"].label,
                choices=chosen([*channels.items()]),
                required=bool(self.instance.channel),
            )

    def changes(self) -> dict[str, Any]:
        """The fields that differ from the stored case."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name != "reason"}
