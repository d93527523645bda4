"""What the buttons of a learning path's steps do. Each answers with a sentence for the person."""

from collections.abc import Callable
from uuid import UUID

from django.utils.translation import gettext as _

from content.models import LearningPath, PathStep
from content.path_refusals import PathRefused
from content.services import paths

#: By the name in the form: `run(path, target, fields, by=, now=)`; raises PathRefused.
ACTIONS: dict[str, Callable[..., str]] = {}


def _action(run):
    ACTIONS[run.__name__] = run
    return run


@_action
def up(path, target, fields, *, by, now):
    step = _step(path, target)
    return _move(step, max(step.position - 1, 1), by, now)


@_action
def down(path, target, fields, *, by, now):
    step = _step(path, target)
    return _move(step, step.position + 1, by, now)


@_action
def move(path, target, fields, *, by, now):
    """To the place in the field `position`, where a handle or a number put it."""
    step, text = _step(path, target), fields.get("position", "")
    is_place = text.isascii() and text.isdecimal() and len(text) < 10
    return _move(step, int(text) if is_place else step.position, by, now)


@_action
def require(path, target, fields, *, by, now):
    step = paths.require_step(_step(path, target), True, by=by, now=now)
    return _("“%(course)s” is required.") % {"course": step.course}


@_action
def free(path, target, fields, *, by, now):
    step = paths.require_step(_step(path, target), False, by=by, now=now)
    return _("“%(course)s” is optional.") % {"course": step.course}


@_action
def remove(path, target, fields, *, by, now):
    step = _step(path, target)
    paths.remove_step(step, by=by, now=now)
    return _("“%(course)s” is no step of this path any more.") % {"course": step.course}


@_action
def publish(path, target, fields, *, by, now):
    paths.publish_path(path.pk, by=by, now=now)
    return _("“%(path)s” is published.") % {"path": path}


@_action
def unpublish(path, target, fields, *, by, now):
    paths.unpublish_path(path.pk, by=by, now=now)
    return _("“%(path)s” is a draft again.") % {"path": path}


@_action
def archive(path, target, fields, *, by, now):
    paths.archive_path(path.pk, by=by, now=now)
    return _("“%(path)s” is archived.") % {"path": path}


def _move(step, position, by, now):
    step = paths.move_step(step, position=position, by=by, now=now)
    values = {"course": step.course, "number": step.position}
    return _("“%(course)s” is step %(number)d.") % values


def _step(path: LearningPath, target: str) -> PathStep:
    try:
        step_id = UUID(target)
    except ValueError:
        step_id = None
    steps = PathStep.objects.filter(path=path, pk=step_id).select_related("course")
    step = steps.first() if step_id else None
    if step is None:
        raise PathRefused(_("This step is not there any more."))
    return step
