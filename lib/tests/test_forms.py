import uuid

import pytest
from crispy_forms.utils import render_crispy_form
from django import forms

from lib.forms import CleanTextMixin, CrispyFormMixin


class NoteForm(CrispyFormMixin, forms.Form):
    title = forms.CharField(max_length=50)
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    secret = forms.CharField(widget=forms.PasswordInput, required=False)
    data = forms.JSONField(required=False)

    def clean(self):
        if self.cleaned_data.get("title") == "forbidden <b>":
            raise forms.ValidationError("Not this title <b>.")


GOOD = {"title": "Note", "kind": "a"}


def html_of(form):
    return render_crispy_form(form, context={"csrf_token": "token"})


def test_unbound_form_carries_a_fresh_key_each_time():
    keys = {str(NoteForm()["idempotency_key"].value()) for _ in range(2)}

    assert len(keys) == 2
    assert all(uuid.UUID(key).version == 7 for key in keys)
    assert html_of(NoteForm()).count('name="idempotency_key"') == 1


def test_bound_form_keeps_its_key_out_of_cleaned_data():
    key = uuid.uuid4()
    form = NoteForm({**GOOD, "idempotency_key": str(key)})

    assert form.is_valid(), form.errors
    assert form.idempotency_key == key
    assert set(form.cleaned_data) == {"title", "kind", "secret", "data"}
    assert str(key) in html_of(form)


@pytest.mark.parametrize("key", ["", "no uuid", "\x00"])
def test_a_broken_key_is_no_error(key):
    form = NoteForm({**GOOD, "idempotency_key": key})

    assert form.is_valid(), form.errors
    assert form.idempotency_key is None


def test_the_key_is_no_change_and_keeps_its_name_under_a_prefix():
    form = NoteForm(
        {"p-title": "Note", "p-kind": "a", "idempotency_key": str(uuid.uuid4())},
        prefix="p",
        initial={"title": "Note", "kind": "a"},
    )

    assert form.changed_data == []
    assert form.is_valid()
    assert form.idempotency_key


def test_search_form_has_no_key_and_no_csrf():
    html = html_of(NoteForm(form_method="get"))

    assert "idempotency_key" not in html
    assert "csrf" not in html


def test_frame_has_the_primary_button_first_and_no_browser_messages():
    html = html_of(
        NoteForm(submit_label="Create", cancel_url="/back/?a=1&b=2", form_action="/new/")
    )

    assert "novalidate" in html
    assert 'action="/new/"' in html
    assert html.index("Create") < html.index("/back/?a=1&amp;b=2")
    assert html.count("<button") == 1


def test_error_summary_links_to_the_fields():
    form = NoteForm({"title": "", "kind": "z"})
    html = html_of(form)

    assert html.count("error-summary-title") == 1
    assert "2 things need your attention" in html
    assert 'href="#id_title"' in html
    assert 'href="#div_id_kind"' in html
    assert 'id="div_id_kind"' in html


def test_error_summary_shows_form_errors_once_and_escaped():
    html = html_of(NoteForm({**GOOD, "title": "forbidden <b>"}))

    assert html.count("Not this title &lt;b&gt;.") == 1
    assert "One thing needs your attention" in html
    assert NoteForm().error_summary == ""


@pytest.mark.parametrize("bad", ["a\x00b", "a\x1bb", "a\ud800b"])
def test_text_that_cannot_be_stored_is_a_field_error(bad):
    form = NoteForm({**GOOD, "title": bad})

    assert not form.is_valid()
    assert [error.code for error in form.errors.as_data()["title"]] == ["unstorable_text"]


def test_text_is_composed_but_passwords_are_left_alone():
    form = NoteForm({**GOOD, "title": " e\u0301\r\n ", "secret": "e\u0301"})

    assert form.is_valid(), form.errors
    assert form.cleaned_data["title"] == "é"
    assert form.cleaned_data["secret"] == "e\u0301"


def test_json_with_a_nul_inside_is_a_field_error():
    form = NoteForm({**GOOD, "data": '{"a": ["\\u0000"]}'})

    assert not form.is_valid()
    assert list(form.errors) == ["data"]


def test_fields_added_late_are_cleaned_too():
    class LateForm(CleanTextMixin, forms.Form):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.fields["late"] = forms.CharField()

    assert "late" in LateForm({"late": "a\x01"}).errors
