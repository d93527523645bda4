"""Forms of learning paths: their words, and the course that becomes a step."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from content.models import LearningPath
from courses.pictures import prepare
from lib import markdown
from lib.files import FileRefused
from lib.forms import CrispyFormMixin

PICTURES = "image/png,image/jpeg,image/gif,image/webp"
TITLE = LearningPath._meta.get_field("title").max_length
SUMMARY = LearningPath._meta.get_field("summary").max_length


class NewPathForm(CrispyFormMixin, forms.Form):
    """What a path cannot do without."""

    title = forms.CharField(
        label=_("What is it called?"),
        max_length=TITLE,
        help_text=_("You can change it at any time. Nobody sees the path yet."),
        widget=forms.TextInput({"autofocus": True, "autocomplete": "off"}),
    )
    submit_label = _("Create and choose the courses")


class PathForm(CrispyFormMixin, forms.Form):
    """What a path says, and what it asks for. Everything takes effect at once."""

    title = forms.CharField(label=_("Title"), max_length=TITLE)
    summary = forms.CharField(
        label=_("Summary"),
        max_length=SUMMARY,
        required=False,
        help_text=_("One or two sentences for the list of paths."),
        widget=forms.Textarea({"rows": 2}),
    )
    description = forms.CharField(
        label=_("What one gets"),
        required=False,
        help_text=_("Markdown."),
        widget=forms.Textarea({"rows": 8}),
    )
    is_sequential = forms.BooleanField(
        label=_("Step by step"),
        required=False,
        help_text=_("A step opens when the required ones before it are complete."),
    )
    prerequisites = forms.ModelMultipleChoiceField(
        label=_("Paths that must be completed first"),
        queryset=LearningPath.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    more_prerequisites = forms.CharField(
        label=_("Add a path that must be completed first"),
        required=False,
        max_length=TITLE,
        help_text=_("Its title."),
    )
    thumbnail = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("PNG, JPEG, GIF or WebP, best twice as wide as high."),
        widget=forms.FileInput({"accept": PICTURES}),
    )
    remove_thumbnail = forms.BooleanField(label=_("Take the picture away"), required=False)

    def __init__(self, *args, path, choosable, **kwargs):
        """`choosable`: the paths that this person may name as prerequisites."""
        self.choosable = choosable.exclude(pk=path.pk)
        needed = LearningPath.objects.live().filter(required_by_links__path=path)
        words = ("title", "summary", "description", "is_sequential")
        initial = {name: getattr(path, name) for name in words} | {"prerequisites": needed}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["prerequisites"].queryset = needed
        if not needed:
            del self.fields["prerequisites"]
        if not path.thumbnail:
            del self.fields["remove_thumbnail"]

    def clean_description(self):
        text = self.cleaned_data["description"]
        try:
            markdown.render(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return text

    def clean_more_prerequisites(self):
        text = self.cleaned_data["more_prerequisites"].strip()
        return one_by_name(self.choosable, text, _UNKNOWN_PATH) if text else None

    def clean_thumbnail(self):
        upload = self.cleaned_data["thumbnail"]
        if upload:
            try:
                prepare(upload)
            except FileRefused as error:
                raise ValidationError(str(error)) from error
            upload.seek(0)
        return upload

    @property
    def words(self) -> dict:
        """Arguments for `update_path`. Only for a valid form."""
        data = self.cleaned_data
        words = {name: data[name] for name in ("title", "summary", "description", "is_sequential")}
        thumbnail = data["thumbnail"] or (False if data.get("remove_thumbnail") else None)
        return words | {"thumbnail": thumbnail}

    @property
    def required_ids(self) -> set:
        """Ids of the paths that must be completed first. Only for a valid form."""
        ids = {path.pk for path in self.cleaned_data.get("prerequisites", ())}
        more = self.cleaned_data["more_prerequisites"]
        return ids | ({more.pk} if more else set())


class StepForm(CrispyFormMixin, forms.Form):
    """The course that becomes the next step, by its title or short name."""

    course = forms.CharField(label=_("Add a course"), max_length=200)

    def __init__(self, *args, courses, **kwargs):
        """`courses`: those that may become a step."""
        self.courses = courses
        super().__init__(*args, **kwargs)

    def clean_course(self):
        return one_by_name(self.courses, self.cleaned_data["course"].strip(), _UNKNOWN_COURSE)


_UNKNOWN_COURSE = _("There is no such course that is published, or that you work on.")
_UNKNOWN_PATH = _("There is no other path with this title.")


def one_by_name(rows, text, unknown):
    """The row with this title or short name. ValidationError where there is none, or more than one."""
    found = list(rows.filter(Q(slug=text.lower()) | Q(title__iexact=text))[:2])
    exact = [row for row in found if row.slug == text.lower()]
    if exact:
        return exact[0]
    if len(found) > 1:
        raise ValidationError(_("Several are called so. Write the short name, as in the address."))
    if not found:
        raise ValidationError(unknown)
    return found[0]
