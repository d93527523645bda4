"""Words that anybody would try here first are no passwords."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tenancy.context import current_organization_id
from tenancy.models import Organization

#: Of the product and of what people do here, besides the organization's own names.
WORDS = ("cairn", "course", "learning", "school", "student", "teacher", "kurs", "lernen", "schule")
SHORTEST = 4  # letters of a word of the organization's name
ENOUGH = 4  # letters that have to be left without these words


class SiteWordsValidator:
    """Refuse a password of which little is left without the words of this place. One query."""

    def validate(self, password, user=None):
        """Raises ValidationError."""
        rest = known = password.casefold()
        for word in sorted({*WORDS, *_own_words()}, key=len, reverse=True):
            rest = rest.replace(word, "")
        if rest != known and sum(map(str.isalpha, rest)) < ENOUGH:
            raise ValidationError(self.get_help_text(), code="password_of_site_words")

    def get_help_text(self):
        return _("Your password cannot be made of the names of this site.")


def _own_words():
    names = Organization.objects.filter(pk=current_organization_id()).values_list("name", "slug")
    for text in names.first() or ():
        yield from (word for word in re.split(r"\W+", text.casefold()) if len(word) >= SHORTEST)
