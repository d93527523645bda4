import gettext

import pytest

from lib.devtools import translations


@pytest.fixture
def project(tmp_path):
    (tmp_path / "courses" / "tests").mkdir(parents=True)
    (tmp_path / "templates" / "courses").mkdir(parents=True)
    (tmp_path / "courses" / "views.py").write_text(
        'from x import _, ngettext\n_("Saved.")\nngettext("%(n)d day", "%(n)d days", 2)\n'
    )
    (tmp_path / "courses" / "tests" / "test_views.py").write_text('_("Not for readers")')
    (tmp_path / "templates" / "courses" / "list.html").write_text(
        '<h1>{{ _("Courses of %(name)s", name=x) }}</h1>'
    )
    return tmp_path


def po_of(project):
    return project / "locale" / "de" / "LC_MESSAGES" / "django.po"


def translate(project, pairs):
    text = po_of(project).read_text()
    for source, target in pairs.items():
        text = text.replace(f'{source}"\nmsgstr ""', f'{source}"\nmsgstr "{target}"')
    po_of(project).write_text(text)


def test_texts_of_code_and_templates_are_collected(project):
    found = {message.id for message in translations.collect(project) if message.id}

    assert found == {"Saved.", ("%(n)d day", "%(n)d days"), "Courses of %(name)s"}


def test_texts_of_the_other_template_engine_are_collected(project):
    page = project / "templates" / "django" / "admin" / "base.html"
    page.parent.mkdir(parents=True)
    page.write_text(
        """{% translate "It's here" %} {% blocktranslate count counter=rows trimmed %}
        {{ counter }} row
        {% plural %}
        {{ counter|add:1 }} rows{% endblocktranslate %} {% blocktranslate %}50%{% endblocktranslate %}"""
    )
    found = {message.id for message in translations.collect(project) if message.id}

    assert found >= {"It's here", ("%(counter)s row", "%(counter)s rows"), "50%%"}


def test_catalogue_is_complete_only_when_all_is_translated(project):
    assert translations.shortcomings(project) == ["de: no catalogue; run ./dev translate"]

    assert translations.update_all(project) == ["de: 3 texts, 3 new, 0 gone, 3 to translate"]
    assert len(translations.shortcomings(project)) == 3

    translate(project, {"Saved.": "Gespeichert.", "Courses of %(name)s": "Kurse von %(name)s"})
    text = po_of(project).read_text()
    po_of(project).write_text(
        text.replace('msgstr[0] ""', 'msgstr[0] "%(n)d Tag"').replace(
            'msgstr[1] ""', 'msgstr[1] "%(n)d Tage"'
        )
    )
    assert translations.shortcomings(project) == []

    (project / "courses" / "forms.py").write_text('_("New")')
    assert translations.shortcomings(project) == ["de: not collected, run ./dev translate: 'New'"]


def test_translation_that_loses_a_value_is_found(project):
    translations.update_all(project)
    translate(project, {"Courses of %(name)s": "Kurse"})

    assert any("other values" in problem for problem in translations.shortcomings(project))


def test_translations_survive_an_update_and_are_compiled(project):
    translations.update_all(project)
    translate(project, {"Saved.": "Gespeichert."})

    translations.update_all(project)
    assert translations.needs_compiling(project)
    translations.compile_all(project)

    assert not translations.needs_compiling(project)
    with open(po_of(project).with_suffix(".mo"), "rb") as file:
        assert gettext.GNUTranslations(file).gettext("Saved.") == "Gespeichert."
