"""What the activity feeds say about rows of apps that stand beside them."""

from django.utils.translation import gettext_lazy as _

from activity.registry import Kind, register
from agenda.models import CalendarFeed
from privacy.models import DataExport, ErasureRequest, RetentionPolicy

register(
    Kind(CalendarFeed, _("the calendar address of %(name)s"), columns=("user_id",), weight=4),
    Kind(
        DataExport,
        _("the download of the personal data of %(name)s"),
        columns=("person_id",),
        weight=4,
    ),
    Kind(
        ErasureRequest,
        _("the request to erase the personal data of %(name)s"),
        columns=("person_id",),
        weight=8,
    ),
    Kind(RetentionPolicy, _("how long things are kept"), columns=(), weight=4),
)
