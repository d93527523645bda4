"""People of a course by table: enrolled, invited, approved and withdrawn, row by row, by the services of one person.

Whoever may not choose among all people of the organization learns from a table neither who has an account nor puts
anybody on the course unasked: those who are not on it yet get an invitation by mail.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from allauth.account.adapter import get_adapter
from allauth.core.context import request_context
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import TextChoices
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bulk import kinds
from bulk.kinds import Clerk, Column, Kind, Outcome, Problem, Verdict, refused
from bulk.on_behalf import request_of
from courses.models import Course
from enrollments import services
from enrollments.decisions import course_full
from enrollments.models import Enrollment, Invitation
from enrollments.permissions import can_place_anybody
from enrollments.services import invitations
from enrollments.standing import Standing, standing_of
from lib.text import slug_from
from users.models import Permission, User
from users.permissions import can_manage_accounts
from users.services import create_account, is_username_taken

Status = Enrollment.Status

EMAIL, USERNAME, ACTION, REASON = "email", "username", "action", "reason"
FIRST_NAME, LAST_NAME = "first_name", "last_name"
MIN_USERNAME, MAX_USERNAME = 3, 30  # characters of one that is made up


class Action(TextChoices):
    ENROLL = "enroll", gettext_lazy("Enroll")
    INVITE = "invite", gettext_lazy("Invite by mail")
    APPROVE = "approve", gettext_lazy("Approve requests")
    WITHDRAW = "withdraw", gettext_lazy("Take off the course")


#: What people write for the actions, beside their names and labels.
WORDS = {
    **dict.fromkeys(["enrol", "add", "join", "einschreiben", "hinzufügen"], Action.ENROLL),
    **dict.fromkeys(["invite", "invitation", "einladen"], Action.INVITE),
    **dict.fromkeys(["accept", "genehmigen", "zulassen"], Action.APPROVE),
    **dict.fromkeys(
        ["remove", "delete", "del", "drop", "unenrol", "unenroll", "austragen", "entfernen"],
        Action.WITHDRAW,
    ),
}

COLUMNS = (
    Column(
        EMAIL,
        gettext_lazy("E-mail"),
        ("mail", "email address", "e-mail address", "emailadresse", "mailadresse", "correo"),
    ),
    Column(
        USERNAME,
        gettext_lazy("Username"),
        ("user", "login", "user name", "user id", "benutzername", "anmeldename"),
    ),
    Column(FIRST_NAME, gettext_lazy("First name"), ("firstname", "given name", "vorname")),
    Column(
        LAST_NAME,
        gettext_lazy("Last name"),
        ("lastname", "surname", "family name", "nachname", "familienname"),
    ),
    Column(
        ACTION,
        gettext_lazy("Action"),
        ("operation", "what", "aktion", "vorgang"),
        gettext_lazy("enroll, invite, approve or withdraw; empty: what is chosen in the form"),
    ),
    Column(REASON, gettext_lazy("Reason"), ("note", "comment", "grund", "bemerkung")),
)


class PeopleKind(Kind):
    """The people of one course."""

    name = "people"
    refusals = (services.EnrollmentRefused, services.UnlawfulChange, services.AlreadyDecided)

    def label(self, about_id):
        return _("People of “%(course)s”") % {"course": _course(about_id).title}

    def may_send(self, user, about_id):
        return (
            about_id is not None
            and Course.objects.live()
            .permitted_to(user, Permission.ENROLLMENT_MANAGE)
            .filter(pk=about_id)
            .exists()
        )

    def columns(self):
        return COLUMNS

    def missing(self, names):
        if names & {EMAIL, USERNAME}:
            return ""
        return _("The titles in the first row must name a column with e-mails or usernames.")

    def clerk(self, upload, *, by, now):
        return PeopleClerk(_course(upload.about_id), upload.options, by=by, now=now)

    def page(self, about_id):
        return reverse("enrollments:people", args=[_course(about_id).slug])

    def send_page(self, about_id):
        return reverse("enrollments:people_table", args=[_course(about_id).slug])


class Plan(NamedTuple):
    """What would follow from a row, how it is done, and how many seats it takes, or gives back."""

    verdict: Verdict
    do: Callable[[], object] | None = None
    seats: int = 0


class PeopleClerk(Clerk):
    """Plans each row by how its person stands to the course."""

    def __init__(self, course: Course, options: dict, *, by: User, now: datetime):
        self.course, self.by, self.now = course, by, now
        self.action = Action(options.get("action", Action.ENROLL))
        self.makes_accounts = bool(options.get("makes_accounts")) and can_manage_accounts(by)
        self.may_choose = can_place_anybody(by)
        self._promised = 0  # seats that the rows above would take
        self._seen: set = set()

    def check(self, cells):
        plan = self._plan(cells)
        who = plan.verdict.person_id or cells.get(EMAIL, "").lower() or cells.get(USERNAME)
        if who in self._seen:
            return refused(
                _("Another row above is about the same person."), title=plan.verdict.title
            )
        self._seen.add(who)
        self._promised += plan.seats
        return plan.verdict

    def carry_out(self, cells):
        plan = self._plan(cells)
        if plan.do is None:
            return plan.verdict
        made = plan.do()
        person_id = made.pk if isinstance(made, User) else plan.verdict.person_id
        return Verdict(plan.verdict.outcome, does=plan.verdict.does, person_id=person_id)

    def _plan(self, cells) -> Plan:
        email, username = cells.get(EMAIL, "").lower(), cells.get(USERNAME, "").lower()
        title = " ".join(filter(None, [cells.get(FIRST_NAME), cells.get(LAST_NAME)])) or email
        plan = self._plan_for(cells, email, username)
        verdict = plan.verdict
        return plan._replace(
            verdict=Verdict(
                verdict.outcome,
                verdict.title or title or username,
                verdict.does,
                problems=verdict.problems,
                person_id=verdict.person_id,
            )
        )

    def _plan_for(self, cells, email, username):
        try:
            action = self._action(cells.get(ACTION, ""))
            if email:
                validate_email(email)
            person = self._person(email, username)
        except ValidationError as error:
            label = EMAIL if error.code == "invalid" else error.code
            return _no(" ".join(error.messages), label)
        if person is None:
            return self._plan_for_stranger(action, cells, email, username)
        standing = standing_of(person, self.course.pk)
        if not self.may_choose and action == Action.ENROLL and not _is_known(standing):
            action = Action.INVITE
        plans = {
            Action.ENROLL: self._enroll,
            Action.INVITE: self._invite,
            Action.APPROVE: self._approve,
            Action.WITHDRAW: self._withdraw,
        }
        plan = plans[action](person, standing, cells.get(REASON, ""))
        if not self.may_choose and not _is_known(standing):
            return plan
        about = {"title": person.display_name, "person_id": person.pk}
        return plan._replace(
            verdict=Verdict(
                plan.verdict.outcome,
                does=plan.verdict.does,
                problems=plan.verdict.problems,
                **about,
            )
        )

    def _action(self, word):
        word = word.strip().casefold()
        if not word:
            return self.action
        for action in Action:
            if word in (action.value, str(action.label).casefold()):
                return action
        if word in WORDS:
            return WORDS[word]
        raise ValidationError(_("Write enroll, invite, approve or withdraw."), code=ACTION)

    def _person(self, email, username) -> User | None:
        """Whose account is meant. Raises ValidationError where a row names nobody, or two people."""
        if not email and not username:
            raise ValidationError(_("This row names neither an e-mail nor a username."), code=EMAIL)
        people = User.objects.all()
        by_email = people.filter(email=email).first() if email else None
        by_username = people.filter(username=username).first() if username else None
        if by_email and by_username and by_email != by_username and self.may_choose:
            text = _("E-mail and username belong to two people.")
            raise ValidationError(text, code=USERNAME)
        found = by_email or (by_username if not email or self.may_choose else None)
        if found is None or self.may_choose:
            return found
        return found if email or _is_known(standing_of(found, self.course.pk)) else None

    # What can follow

    def _enroll(self, person, standing, reason):
        if standing.holds_seat:
            return _same(_("Is on the course already."))
        if standing.state == Status.PENDING and not standing.is_approved:
            return self._approve(person, standing, reason)
        if not person.is_active:
            return _no(_("This account is suspended."))
        if not standing.may(Permission.COURSE_ENROLL):
            return _no(_("This account may look around but not enroll."))
        if standing.is_waiting or standing.has_offer:
            return _same(_("Waits for a seat already."))
        who = {"by": self.by, "now": self.now, "reason": reason}
        if not self._is_full(standing):
            place = services.place
            return _do(_("Enroll"), lambda: place(self.course.pk, person, **who), seats=1)
        if not standing.waitlist_enabled:
            return _no(course_full(standing).text)
        join = services.join_waitlist
        return _do(_("Put on the waitlist"), lambda: join(self.course.pk, person, **who))

    def _invite(self, person, standing, reason):
        if standing.holds_seat:
            return _same(_("Is on the course already."))
        return self._mail(person.email)

    def _approve(self, person, standing, reason):
        if standing.holds_seat or standing.is_approved:
            return _same(_("Has a place already."))
        if standing.state != Status.PENDING:
            return _no(_("This person has not asked for a place."))
        approve = services.approve
        is_full = self._is_full(standing)
        if is_full and not standing.waitlist_enabled:
            return _no(course_full(standing).text)
        return _do(
            _("Approve, and put on the waitlist") if is_full else _("Approve the request"),
            lambda: approve(standing.enrollment_id, by=self.by, now=self.now),
            seats=0 if is_full else 1,
            outcome=Outcome.CHANGED,
        )

    def _withdraw(self, person, standing, reason):
        who = {"by": self.by, "now": self.now, "reason": reason}
        if standing.is_waiting or standing.has_offer:
            leave = services.leave_waitlist
            return _do(
                _("Take off the waitlist"),
                lambda: leave(standing.waitlist_id, **who),
                outcome=Outcome.CHANGED,
            )
        if not (standing.holds_seat or standing.state == Status.PENDING):
            return _same(_("Is not on the course."))
        withdraw = services.withdraw
        return _do(
            _("Take off the course"),
            lambda: withdraw(standing.enrollment_id, **who),
            seats=-1 if standing.holds_seat else 0,
            outcome=Outcome.CHANGED,
        )

    # Who has no account, or none that the sender may know of

    def _plan_for_stranger(self, action, cells, email, username):
        if action == Action.INVITE or (action == Action.ENROLL and not self.may_choose):
            return self._mail(email)
        if action == Action.WITHDRAW:
            return _same(_("Is not on the course."))
        if action == Action.APPROVE:
            return _no(_("This person has not asked for a place."))
        if not self.makes_accounts:
            return _no(_("Nobody has this account. Invite them, or let accounts be made."), EMAIL)
        return self._account(cells, email, username)

    def _mail(self, email):
        if not email:
            return _no(_("An invitation needs an e-mail."), EMAIL)
        waiting = Invitation.objects.waiting().filter(
            course=self.course, email=email, expires_at__gt=self.now
        )
        if waiting.exists():
            return _same(_("Is invited already."))
        return _do(
            _("Mail an invitation"),
            lambda: invitations.invite(self.course, [email], by=self.by, now=self.now),
        )

    def _account(self, cells, email, username):
        if not email:
            return _no(_("A new account needs an e-mail."), EMAIL)
        names = {name: cells.get(name, "") for name in (FIRST_NAME, LAST_NAME)}
        account = User(username=username or _free_username(email), email=email, **names)
        account.set_unusable_password()
        try:
            account.full_clean()
        except ValidationError as error:
            labels = {column.name: str(column.label) for column in COLUMNS}
            problems = tuple(
                Problem(labels.get(name, ""), " ".join(texts))
                for name, texts in error.message_dict.items()
            )
            return Plan(Verdict(Outcome.REFUSED, problems=problems))
        standing = standing_of(None, self.course.pk)
        is_full = self._is_full(standing)
        if is_full and not standing.waitlist_enabled:
            return _no(course_full(standing).text)
        text = (
            _("Make an account and put on the waitlist")
            if is_full
            else _("Make an account and enroll")
        )
        values = {"username": account.username, "email": email, **names}
        return _do(text, lambda: self._make(values, is_full), seats=0 if is_full else 1)

    def _make(self, values, is_full):
        account = create_account(**values, now=self.now)
        with request_context(self._request):
            get_adapter().send_invitation(account)
        join = services.join_waitlist if is_full else services.place
        join(self.course.pk, account, by=self.by, now=self.now)
        return account

    @cached_property
    def _request(self):
        return request_of(self.by, self.now)

    def _is_full(self, standing: Standing):
        return standing.free_seats is not None and standing.free_seats <= self._promised


def _is_known(standing: Standing) -> bool:
    """Whether who looks after the course sees this person there anyway."""
    return standing.enrollment_id is not None or standing.waitlist_id is not None


def _do(does, do, *, seats=0, outcome=Outcome.NEW):
    return Plan(Verdict(outcome, does=does), do, seats)


def _same(does):
    return Plan(Verdict(Outcome.SAME, does=does))


def _no(text, column=""):
    labels = {known.name: known.label for known in COLUMNS}
    return Plan(refused(text, label=labels.get(column, "")))


def _free_username(email):
    """From what stands before the @, or all of a short address."""

    def is_taken(slug):
        return is_username_taken(slug.replace("-", "_"))

    name = email.partition("@")[0]
    wanted = name if len(name) >= MIN_USERNAME else email
    return slug_from(wanted, MAX_USERNAME, is_taken=is_taken).replace("-", "_")


def _course(course_id):
    return Course.objects.get(pk=course_id)


def install():
    kinds.register(PeopleKind())
