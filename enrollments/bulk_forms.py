"""The form that takes in a table of people."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bulk.forms import SendForm
from enrollments.bulk_people import Action
from users.permissions import can_manage_accounts


class PeopleTableForm(SendForm):
    """A table of people, and what is to be done with them where a row does not say."""

    action = forms.ChoiceField(
        label=_("What to do with them"),
        choices=Action.choices,
        help_text=_("A column “action” in the table says it for single rows."),
    )
    makes_accounts = forms.BooleanField(
        label=_("Make accounts for those who have none"),
        help_text=_("They get a mail with a link to choose a password."),
        required=False,
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        if not can_manage_accounts(user):
            del self.fields["makes_accounts"]
