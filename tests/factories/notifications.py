"""Factories of notices."""

import factory

from hrss_portal.notifications.models import Notice
from tests.factories.access import UserFactory


class NoticeFactory(factory.django.DjangoModelFactory):
    """An unread line in somebody's inbox."""

    class Meta:
        model = Notice

    user = factory.SubFactory(UserFactory)
    title = factory.Sequence(lambda n: f"第{n}条消息")
    key = factory.Sequence(lambda n: f"notice-{n}")
