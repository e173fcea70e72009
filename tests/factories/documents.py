"""Factories of files."""

import hashlib

import factory
from django.core.files.base import ContentFile

from hrss_portal.documents.models import File
from tests.factories.access import OfficeFactory

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


class FileFactory(factory.django.DjangoModelFactory):
    """A small PDF on disk, belonging to no record yet."""

    class Meta:
        model = File

    name = factory.Sequence(lambda n: f"附件{n}.pdf")
    unit = factory.SubFactory(OfficeFactory)
    content = factory.LazyFunction(lambda: ContentFile(PDF, name="file.pdf"))
    content_type = "application/pdf"
    size = len(PDF)
    sha256 = hashlib.sha256(PDF).hexdigest()
