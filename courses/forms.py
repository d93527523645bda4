"""Forms of courses, for the back office."""

import re

from django import forms
from django.contrib.admin.widgets import AdminFileWidget
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.errors import CourseRefused
from courses.models import Course, Subject
from courses.pictures import picture_url, prepare
from courses.services.editing import MAX_TAGS, is_slug_taken
from courses.services.prerequisites import check_prerequisites
from lib import markdown
from lib.files import FileRefused
from lib.forms import CrispyFormMixin
from tenancy.admin import TenantModelForm

MAX_LINES = 30
LANGUAGE_RULE = RegexValidator(
    r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?\Z",
    gettext_lazy("Write a language as a short code, such as en, de or pt-BR."),
)


class ListField(forms.CharField):
    """Several short texts, one per line (or between commas), as a list."""

    def __init__(self, *, separator=r"\n", max_items, max_item_length, **options):
        self.separator, self.max_items, self.max_item_length = separator, max_items, max_item_length
        options.setdefault("widget", forms.Textarea(attrs={"rows": 5}))
        options.setdefault("required", False)
        super().__init__(**options)

    def prepare_value(self, value):
        joint = "\n" if self.separator == r"\n" else ", "
        return joint.join(value) if isinstance(value, list) else value

    def clean(self, value):
        text = super().clean(value)
        items = [" ".join(item.split()) for item in re.split(self.separator, text)]
        items = list(dict.fromkeys(item for item in items if item))
        if self.required and not items:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(items) > self.max_items:
            raise ValidationError(_("At most %(num)d are possible.") % {"num": self.max_items})
        for item in items:
            if len(item) > self.max_item_length:
                text = _("“%(start)s …” is longer than %(num)d characters.")
                raise ValidationError(text % {"start": item[:40], "num": self.max_item_length})
        return items

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial), data)


class PresentPicture:
    """The stored picture as the file field shows it: under the address at which we serve it."""

    def __init__(self, course):
        self.url = picture_url(course.pk, course.thumbnail.name)

    def __str__(self):
        return _("the picture in use")


class CourseForm(TenantModelForm):
    """What a course says. State, owner and staff have services of their own."""

    objectives = ListField(
        label=gettext_lazy("What one learns"),
        help_text=gettext_lazy("One per line."),
        max_items=MAX_LINES,
        max_item_length=300,
    )
    requirements = ListField(
        label=gettext_lazy("What one needs"),
        help_text=gettext_lazy("One per line."),
        max_items=MAX_LINES,
        max_item_length=300,
    )
    tags = ListField(
        label=gettext_lazy("Tags"),
        help_text=gettext_lazy("Between commas."),
        separator=r"[,\n]",
        max_items=MAX_TAGS,
        max_item_length=50,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    thumbnail = forms.FileField(
        label=gettext_lazy("Picture"),
        help_text=gettext_lazy("PNG, JPEG, GIF or WebP, best twice as wide as high."),
        required=False,
        widget=AdminFileWidget(attrs={"accept": "image/png,image/jpeg,image/gif,image/webp"}),
    )

    class Meta:
        model = Course
        fields = "__all__"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _(
                "Part of the address of the course. Empty: made from the title. "
                "Old addresses lead to the new one."
            )
        if "thumbnail" in self.fields and self.instance.thumbnail:
            self.initial["thumbnail"] = PresentPicture(self.instance)
        if "language" in self.fields:
            self.fields["language"].validators.append(LANGUAGE_RULE)

    def clean_slug(self):
        slug = self.cleaned_data["slug"]
        own = {self.instance.slug} if not self.instance._state.adding else set()
        if not self.instance._state.adding:
            own |= set(self.instance.former_slugs.values_list("slug", flat=True))
        if slug and slug not in own and is_slug_taken(slug):
            raise ValidationError(_("Another course has, or once had, this short name."))
        return slug

    def clean_description(self):
        text = self.cleaned_data["description"]
        try:
            markdown.render(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return text

    def clean_thumbnail(self):
        upload = self.cleaned_data["thumbnail"]
        if "thumbnail" not in self.changed_data:
            return self.instance.thumbnail
        if upload:
            try:
                prepare(upload)
            except FileRefused as error:
                raise ValidationError(str(error)) from error
            upload.seek(0)
        return upload

    def _post_clean(self):
        super()._post_clean()
        self.instance.slug = self.cleaned_data.get("slug") or self.instance.slug

    def _get_validation_exclusions(self):
        empty_slug = set() if self.cleaned_data.get("slug") else {"slug"}
        return super()._get_validation_exclusions() | empty_slug


class PrerequisiteFormSet(BaseInlineFormSet):
    """Refuses a circle with the names of the courses in it."""

    def clean(self):
        super().clean()
        if any(self.errors) or self.instance._state.adding:
            return
        try:
            check_prerequisites(self.instance.pk, self.required_ids())
        except CourseRefused as refusal:
            raise ValidationError(str(refusal)) from refusal

    def required_ids(self) -> set:
        """Ids of the courses that are to be required once this is saved."""
        kept = [form for form in self.forms if form not in self.deleted_forms]
        chosen = [form.cleaned_data.get("required_course") for form in kept]
        return {course.pk for course in chosen if course is not None}


class SubjectForm(CrispyFormMixin, forms.Form):
    """Where courses belong from now on."""

    subject = forms.ModelChoiceField(Subject.objects.all(), label=gettext_lazy("Subject"))


class TagsForm(CrispyFormMixin, forms.Form):
    """Tags that many things get or lose."""

    tags = ListField(
        label=gettext_lazy("Tags"),
        help_text=gettext_lazy("Between commas."),
        required=True,
        separator=r"[,\n]",
        max_items=MAX_TAGS,
        max_item_length=50,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
