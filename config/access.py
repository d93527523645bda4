"""Who may open which address: the one table that the tests walk and `dump_urls` prints.

A URL pattern without a row here fails the suite.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver


class Who(StrEnum):
    """What a visitor must be; which visitor counts as what is in `config/tests/test_access.py`."""

    ANYONE = "anyone"
    SIGNED_IN = "signed-in person"
    PERSON = "person whom it is about"
    BUYER = "person who ordered, and who keeps the books"
    LEARNER = "person on the course, or its staff"
    STUDENT = "person on the course"
    LOOKS_AFTER = "who looks after the course, be it by a role on it"
    SEES_PEOPLE = "who may see who is on the course"
    COURSE_STAFF = "owner, co-instructors and admins"
    OWNER = "owner and admins"
    STAFF = "instructors and admins"
    ADMIN = "admins"
    NOBODY = "nobody"


class Tenancy(StrEnum):
    SHARED = "the same for all organizations"
    ORGANIZATION = "one organization's rows"
    PRIVATE = "one person's rows"


@dataclass(frozen=True)
class Access:
    """One row: the methods an address answers, who may use it, whose rows it shows.

    `arguments` maps the pattern's parameters to attribute paths of the sample rows in `config.samples`.
    `who_changes` may send forms, where those are fewer than who may look.
    """

    methods: tuple[str, ...]
    who: Who
    tenancy: Tenancy = Tenancy.ORGANIZATION
    arguments: dict[str, str] = field(default_factory=dict)
    who_changes: Who | None = None

    def who_may(self, method: str) -> Who:
        """Who may ask the address by this method."""
        return self.who_changes if method == "POST" and self.who_changes else self.who


GET = ("GET", "HEAD")
POST = ("POST",)
FORM = ("GET", "HEAD", "POST")

NOBODYS_ID = UUID(int=0)

COURSE = {"slug": "course.slug"}
LESSON = {"slug": "course.slug", "lesson_slug": "lesson.slug"}
OF_VERSION = {"kind": "=course", "row_id": "course.pk", "number": "version.number"}
CERTIFICATE = {"certificate_id": "certificate.pk"}
ITEM = {"slug": "course.slug", "lesson_id": "item.lesson_id", "item_id": "item.item_id"}
OFFER = {"token": "offer_token"}
SECTION = COURSE | {"section_id": "section.pk"}
INVITATION = COURSE | {"invitation_id": "invitation.pk"}
PATH = {"slug": "path.slug"}
PATH_ROW = {"path_id": "path.pk"}
INVOICE = {"invoice_id": "invoice.pk"}
SUBSCRIPTION = {"subscription_id": "subscription.pk"}
COURSE_ROW = {"slug": "=course", "row_id": "course.pk"}

ACCESS: dict[str, Access] = {
    "healthz": Access(GET, Who.ANYONE, Tenancy.SHARED),
    "readyz": Access(GET, Who.ANYONE, Tenancy.SHARED),
    "home": Access(GET, Who.ANYONE),
    "tenancy:theme": Access(GET, Who.ANYONE),
    "tenancy:logo": Access(GET, Who.ANYONE),
    "courses:list": Access(GET, Who.ANYONE),
    "courses:detail": Access(GET, Who.ANYONE, arguments=COURSE),
    "courses:reviews": Access(GET, Who.ANYONE, arguments=COURSE),
    "courses:review": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE, COURSE),
    "courses:review_delete": Access(FORM, Who.PERSON, Tenancy.PRIVATE, COURSE),
    "courses:staff": Access(FORM, Who.LOOKS_AFTER, arguments=COURSE, who_changes=Who.OWNER),
    "courses:staff_suggestions": Access(GET, Who.OWNER, arguments=COURSE),
    "courses:staff_hand_over": Access(FORM, Who.OWNER, arguments=COURSE),
    "courses:staff_remove": Access(
        FORM, Who.OWNER, arguments={"slug": "course.slug", "entry_id": "staff.pk"}
    ),
    "courses:picture": Access(
        GET, Who.ANYONE, arguments={"course_id": "course.pk", "version": "picture_version"}
    ),
    "courses:studio": Access(GET, Who.STAFF),
    "courses:studio_reviews": Access(GET, Who.COURSE_STAFF, arguments=COURSE),
    "courses:studio_review": Access(
        FORM, Who.COURSE_STAFF, arguments=COURSE | {"review_id": "review.pk"}
    ),
    "courses:studio_new": Access(FORM, Who.STAFF),
    "courses:studio_details": Access(FORM, Who.COURSE_STAFF, arguments=COURSE),
    "courses:studio_description_preview": Access(POST, Who.COURSE_STAFF, arguments=COURSE),
    "courses:studio_settings": Access(FORM, Who.COURSE_STAFF, arguments=COURSE),
    "courses:studio_course_suggestions": Access(GET, Who.COURSE_STAFF, arguments=COURSE),
    "content:studio_copy": Access(FORM, Who.COURSE_STAFF, arguments=COURSE),
    "content:studio_export": Access(FORM, Who.COURSE_STAFF, arguments=COURSE),
    "content:studio_import": Access(FORM, Who.STAFF),
    "bulk:send": Access(FORM, Who.STAFF, arguments={"kind": "=courses.course"}),
    "bulk:upload": Access(FORM, Who.ADMIN, Tenancy.PRIVATE, {"upload_id": "upload.pk"}),
    "bulk:report": Access(GET, Who.ADMIN, Tenancy.PRIVATE, {"upload_id": "upload.pk"}),
    "content:studio_transfer": Access(
        FORM, Who.COURSE_STAFF, arguments={"transfer_id": "transfer.pk"}
    ),
    "content:studio_transfer_file": Access(
        GET, Who.COURSE_STAFF, arguments={"transfer_id": "transfer.pk"}
    ),
    "content:studio_dates": Access(GET, Who.COURSE_STAFF, arguments=COURSE),
    "content:studio_check": Access(GET, Who.COURSE_STAFF, arguments=COURSE),
    "content:studio_publish": Access(FORM, Who.COURSE_STAFF, arguments=COURSE),
    "content:studio_versions": Access(GET, Who.COURSE_STAFF, arguments=COURSE),
    "content:studio_versions_of": Access(
        GET, Who.COURSE_STAFF, arguments=COURSE | {"kind": "=lesson", "row_id": "lesson.pk"}
    ),
    "content:studio_version": Access(FORM, Who.COURSE_STAFF, arguments=COURSE | OF_VERSION),
    "content:studio_course": Access(GET, Who.COURSE_STAFF, arguments=COURSE),
    "content:studio_outline": Access(FORM, Who.COURSE_STAFF, arguments=COURSE),
    "content:studio_presence": Access(POST, Who.COURSE_STAFF, arguments=COURSE),
    "content:studio_lesson": Access(
        FORM, Who.COURSE_STAFF, arguments={"slug": "course.slug", "lesson_id": "lesson.pk"}
    ),
    "content:studio_lesson_pick": Access(
        FORM, Who.COURSE_STAFF, arguments={"slug": "course.slug", "lesson_id": "lesson.pk"}
    ),
    "content:studio_lesson_rules": Access(
        FORM, Who.COURSE_STAFF, arguments={"slug": "course.slug", "lesson_id": "lesson.pk"}
    ),
    "content:studio_module_rules": Access(
        FORM, Who.COURSE_STAFF, arguments=COURSE | {"module_id": "lesson.module_id"}
    ),
    "content:studio_part": Access(
        GET, Who.COURSE_STAFF, arguments=COURSE | {"kind": "=lesson", "part_id": "lesson.pk"}
    ),
    "content:studio_item": Access(FORM, Who.COURSE_STAFF, arguments=ITEM),
    "content:studio_item_draft": Access(POST, Who.COURSE_STAFF, arguments=ITEM),
    "content:studio_item_preview": Access(POST, Who.COURSE_STAFF, arguments=ITEM),
    "content:studio_item_discard": Access(FORM, Who.COURSE_STAFF, arguments=ITEM),
    "content:studio_item_video": Access(FORM, Who.COURSE_STAFF, arguments=ITEM),
    "content:studio_item_embed": Access(GET, Who.COURSE_STAFF, arguments=ITEM),
    "content:library": Access(GET, Who.STAFF),
    "content:library_upload": Access(FORM, Who.STAFF),
    "content:library_picker": Access(GET, Who.STAFF),
    "content:library_tags": Access(FORM, Who.STAFF),
    "content:library_file": Access(FORM, Who.COURSE_STAFF, arguments={"media_id": "media.pk"}),
    "content:library_replace": Access(POST, Who.COURSE_STAFF, arguments={"media_id": "media.pk"}),
    "content:paths": Access(GET, Who.ANYONE),
    "content:path": Access(GET, Who.ANYONE, arguments=PATH),
    "content:path_picture": Access(
        GET, Who.ANYONE, arguments={"path_id": "path.pk", "version": "path_picture_version"}
    ),
    "content:studio_paths": Access(GET, Who.STAFF),
    "content:studio_path_new": Access(FORM, Who.STAFF),
    "content:studio_path": Access(FORM, Who.OWNER, arguments=PATH_ROW),
    "content:studio_path_courses": Access(GET, Who.OWNER, arguments=PATH_ROW),
    "content:studio_path_details": Access(FORM, Who.OWNER, arguments=PATH_ROW),
    "enrollments:path_join": Access(POST, Who.SIGNED_IN, Tenancy.PRIVATE, PATH),
    "enrollments:path_leave": Access(POST, Who.SIGNED_IN, Tenancy.PRIVATE, PATH),
    "enrollments:path_numbers": Access(GET, Who.OWNER, arguments=PATH_ROW),
    "content:media": Access(
        GET, Who.ANYONE, arguments={"media_id": "media.pk", "variant": "=original"}
    ),
    "enrollments:enroll": Access(POST, Who.SIGNED_IN, Tenancy.PRIVATE, COURSE),
    "enrollments:waitlist_accept": Access(POST, Who.STUDENT, Tenancy.PRIVATE, COURSE),
    "enrollments:waitlist_leave": Access(FORM, Who.STUDENT, Tenancy.PRIVATE, COURSE),
    "enrollments:offer_accept": Access(FORM, Who.ANYONE, Tenancy.PRIVATE, OFFER),
    "enrollments:offer_decline": Access(FORM, Who.ANYONE, Tenancy.PRIVATE, OFFER),
    "enrollments:waitlist": Access(GET, Who.COURSE_STAFF, arguments=COURSE),
    "enrollments:waitlist_offers": Access(GET, Who.COURSE_STAFF, arguments=COURSE),
    "enrollments:waitlist_history": Access(GET, Who.COURSE_STAFF, arguments=COURSE),
    "enrollments:waitlist_entry": Access(
        FORM, Who.COURSE_STAFF, arguments=COURSE | {"entry_id": "waiting.pk"}
    ),
    "enrollments:request": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE, COURSE),
    "enrollments:join": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE),
    "enrollments:invitation": Access(GET, Who.ANYONE, arguments={"secret": "=unknown"}),
    "enrollments:all_requests": Access(FORM, Who.STAFF),
    "enrollments:requests": Access(FORM, Who.COURSE_STAFF, arguments=COURSE),
    "enrollments:invitations": Access(FORM, Who.COURSE_STAFF, arguments=COURSE),
    "enrollments:invitation_resend": Access(POST, Who.COURSE_STAFF, arguments=INVITATION),
    "enrollments:invitation_revoke": Access(POST, Who.COURSE_STAFF, arguments=INVITATION),
    "enrollments:codes": Access(FORM, Who.COURSE_STAFF, arguments=COURSE),
    "enrollments:code_end": Access(
        POST, Who.COURSE_STAFF, arguments=COURSE | {"code_id": "join_code.pk"}
    ),
    "enrollments:addresses": Access(FORM, Who.COURSE_STAFF, arguments=COURSE),
    "enrollments:addresses_remove": Access(POST, Who.COURSE_STAFF, arguments=COURSE),
    "enrollments:withdraw": Access(FORM, Who.STUDENT, Tenancy.PRIVATE, COURSE),
    "enrollments:pause": Access(POST, Who.STUDENT, Tenancy.PRIVATE, COURSE),
    "enrollments:resume": Access(POST, Who.STUDENT, Tenancy.PRIVATE, COURSE),
    "enrollments:people": Access(GET, Who.SEES_PEOPLE, arguments=COURSE),
    "enrollments:people_table": Access(FORM, Who.COURSE_STAFF, arguments=COURSE),
    "enrollments:people_write": Access(FORM, Who.COURSE_STAFF, arguments=COURSE),
    "enrollments:people_end": Access(FORM, Who.COURSE_STAFF, arguments=COURSE),
    "enrollments:people_section": Access(FORM, Who.COURSE_STAFF, arguments=COURSE),
    "enrollments:sections": Access(GET, Who.COURSE_STAFF, arguments=COURSE),
    "enrollments:section_new": Access(FORM, Who.COURSE_STAFF, arguments=COURSE),
    "enrollments:section_edit": Access(FORM, Who.COURSE_STAFF, arguments=SECTION),
    "enrollments:section_delete": Access(FORM, Who.COURSE_STAFF, arguments=SECTION),
    "enrollments:people_csv": Access(GET, Who.SEES_PEOPLE, arguments=COURSE),
    "enrollments:people_xlsx": Access(GET, Who.SEES_PEOPLE, arguments=COURSE),
    "enrollments:person": Access(
        FORM,
        Who.SEES_PEOPLE,
        arguments={"slug": "course.slug", "enrollment_id": "enrollment.pk"},
        who_changes=Who.COURSE_STAFF,
    ),
    "progress:go_on": Access(GET, Who.SIGNED_IN, Tenancy.PRIVATE, COURSE),
    "progress:reopen": Access(POST, Who.STUDENT, Tenancy.PRIVATE, LESSON),
    "progress:preview": Access(FORM, Who.COURSE_STAFF, arguments=COURSE),
    "progress:my_courses": Access(GET, Who.SIGNED_IN, Tenancy.PRIVATE),
    "progress:lesson": Access(GET, Who.LEARNER, Tenancy.PRIVATE, LESSON),
    "progress:complete": Access(POST, Who.LEARNER, Tenancy.PRIVATE, LESSON),
    "progress:visit": Access(POST, Who.LEARNER, Tenancy.PRIVATE, LESSON),
    "progress:course_progress": Access(GET, Who.STUDENT, Tenancy.PRIVATE, COURSE),
    "users:preferences": Access(FORM, Who.ANYONE),
    "users:unlock": Access(
        FORM, Who.ANYONE, arguments={"lockout_id": f"={NOBODYS_ID}", "secret": "=unknown"}
    ),
    "users:devices": Access(GET, Who.SIGNED_IN, Tenancy.PRIVATE),
    "users:devices_end": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE),
    "users:device_end": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE, {"device_id": "=0"}),
    "users:tokens": Access(GET, Who.SIGNED_IN, Tenancy.PRIVATE),
    "users:token_add": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE),
    "users:token_made": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE),
    "users:token_revoke": Access(
        FORM, Who.SIGNED_IN, Tenancy.PRIVATE, {"token_id": f"={NOBODYS_ID}"}
    ),
    "users:api_me": Access(GET, Who.ANYONE, Tenancy.PRIVATE),
    "users:api_not_found": Access(GET, Who.ANYONE, Tenancy.SHARED, {"rest": "=unknown"}),
    "users:profile": Access(GET, Who.SIGNED_IN, arguments={"user_id": "user.pk"}),
    "users:avatar": Access(GET, Who.SIGNED_IN, arguments={"user_id": "user.pk"}),
    "users:profile_edit": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE),
    "privacy:overview": Access(GET, Who.SIGNED_IN, Tenancy.PRIVATE),
    "privacy:export": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE),
    "privacy:download": Access(GET, Who.PERSON, Tenancy.PRIVATE, {"export_id": "export.pk"}),
    "privacy:erase": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE),
    "privacy:withdraw": Access(POST, Who.SIGNED_IN, Tenancy.PRIVATE),
    "privacy:export_for": Access(FORM, Who.ADMIN, arguments={"user_id": "user.pk"}),
    "privacy:erasures": Access(GET, Who.ADMIN),
    "privacy:erasure": Access(FORM, Who.ADMIN, arguments={"request_id": "erasure.pk"}),
    "privacy:proof": Access(GET, Who.ADMIN, arguments={"request_id": "erasure.pk"}),
    "certificates:list": Access(GET, Who.SIGNED_IN, Tenancy.PRIVATE),
    "certificates:detail": Access(FORM, Who.PERSON, Tenancy.PRIVATE, CERTIFICATE),
    "certificates:paper": Access(GET, Who.PERSON, Tenancy.PRIVATE, CERTIFICATE),
    "certificates:credential": Access(GET, Who.PERSON, Tenancy.PRIVATE, CERTIFICATE),
    "certificates:verify": Access(GET, Who.ANYONE, arguments={"code": "certificate_code"}),
    "certificates:check": Access(FORM, Who.ANYONE),
    "certificates:issuer": Access(GET, Who.ANYONE),
    "certificates:keys": Access(GET, Who.ANYONE),
    "certificates:key": Access(GET, Who.ANYONE, arguments={"kid": "signing_key.kid"}),
    "certificates:revocations": Access(GET, Who.ANYONE),
    "certificates:default_design": Access(FORM, Who.ADMIN),
    "certificates:course_list": Access(GET, Who.SEES_PEOPLE, arguments=COURSE),
    "certificates:course_design": Access(FORM, Who.COURSE_STAFF, arguments=COURSE),
    "certificates:course_certificate": Access(
        FORM, Who.SEES_PEOPLE, arguments=COURSE | CERTIFICATE, who_changes=Who.COURSE_STAFF
    ),
    "billing:plans": Access(GET, Who.ANYONE),
    "billing:order_plan": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE, {"plan_id": "plan.pk"}),
    "billing:order_course": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE, COURSE),
    "billing:overview": Access(GET, Who.SIGNED_IN, Tenancy.PRIVATE),
    "billing:invoice": Access(GET, Who.BUYER, Tenancy.PRIVATE, INVOICE),
    "billing:invoice_pdf": Access(GET, Who.BUYER, Tenancy.PRIVATE, INVOICE),
    "billing:order_cancel": Access(FORM, Who.BUYER, Tenancy.PRIVATE, INVOICE),
    "billing:subscription_cancel": Access(FORM, Who.PERSON, Tenancy.PRIVATE, SUBSCRIPTION),
    "billing:subscription_resume": Access(POST, Who.PERSON, Tenancy.PRIVATE, SUBSCRIPTION),
    "billing:books": Access(GET, Who.ADMIN),
    "billing:payment": Access(FORM, Who.ADMIN, arguments=INVOICE),
    "billing:payment_take_back": Access(FORM, Who.ADMIN, arguments={"payment_id": "payment.pk"}),
    "activity:undo": Access(FORM, Who.COURSE_STAFF, arguments={"request_id": "change"}),
    "activity:trash": Access(GET, Who.STAFF),
    "activity:trash_put": Access(
        FORM, Who.COURSE_STAFF, arguments={"kind": "=lesson", "row_id": "lesson.pk"}
    ),
    "activity:trash_restore": Access(
        POST, Who.COURSE_STAFF, arguments={"kind": "=lesson", "row_id": "lesson.pk"}
    ),
    "activity:trash_purge": Access(
        FORM, Who.ADMIN, arguments={"kind": "=lesson", "row_id": "trashed_lesson.pk"}
    ),
    "activity:feed": Access(GET, Who.ADMIN),
    "activity:export": Access(GET, Who.ADMIN),
    "activity:of": Access(GET, Who.COURSE_STAFF, arguments=COURSE_ROW),
    "activity:export_of": Access(GET, Who.COURSE_STAFF, arguments=COURSE_ROW),
    "activity:security": Access(GET, Who.ADMIN),
    "activity:export_security": Access(GET, Who.ADMIN),
    "activity:view_as": Access(POST, Who.COURSE_STAFF, arguments={"user_id": "user.pk"}),
    "activity:view_as_stop": Access(POST, Who.SIGNED_IN),
    "notifications:list": Access(GET, Who.SIGNED_IN, Tenancy.PRIVATE),
    "notifications:settings": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE),
    "notifications:read_all": Access(POST, Who.SIGNED_IN, Tenancy.PRIVATE),
    "notifications:open": Access(
        POST, Who.SIGNED_IN, Tenancy.PRIVATE, {"notification_id": "notification.pk"}
    ),
    "notifications:unsubscribe": Access(FORM, Who.ANYONE, arguments={"token": "unsubscribe_token"}),
    "agenda:list": Access(GET, Who.SIGNED_IN, Tenancy.PRIVATE),
    "agenda:next": Access(GET, Who.SIGNED_IN, Tenancy.PRIVATE),
    "agenda:calendar": Access(GET, Who.SIGNED_IN, Tenancy.PRIVATE),
    "agenda:calendar_renew": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE),
    "agenda:calendar_end": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE),
    "agenda:feed": Access(GET, Who.ANYONE, Tenancy.PRIVATE, {"secret": "=unknown"}),
    "account_login": Access(FORM, Who.ANYONE),
    "account_logout": Access(FORM, Who.ANYONE),
    "account_signup": Access(FORM, Who.ANYONE),
    "account_inactive": Access(GET, Who.ANYONE),
    "account_reauthenticate": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE),
    "account_change_password": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE),
    "account_set_password": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE),
    "account_email": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE),
    "account_email_verification_sent": Access(GET, Who.ANYONE),
    "account_confirm_email": Access(FORM, Who.ANYONE, arguments={"key": "=unknown"}),
    "account_reset_password": Access(FORM, Who.ANYONE),
    "account_reset_password_done": Access(GET, Who.ANYONE),
    "account_reset_password_from_key": Access(
        FORM, Who.ANYONE, arguments={"uidb36": "=0", "key": "=unknown"}
    ),
    "account_reset_password_from_key_done": Access(GET, Who.ANYONE),
    "mfa_index": Access(GET, Who.SIGNED_IN, Tenancy.PRIVATE),
    "mfa_activate_totp": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE),
    "mfa_deactivate_totp": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE),
    "mfa_add_webauthn": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE),
    "mfa_edit_webauthn": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE, {"pk": "=0"}),
    "mfa_remove_webauthn": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE, {"pk": "=0"}),
    "mfa_view_recovery_codes": Access(GET, Who.SIGNED_IN, Tenancy.PRIVATE),
    "mfa_download_recovery_codes": Access(GET, Who.SIGNED_IN, Tenancy.PRIVATE),
    "mfa_generate_recovery_codes": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE),
    "mfa_authenticate": Access(FORM, Who.ANYONE, Tenancy.PRIVATE),
    "mfa_login_webauthn": Access(POST, Who.ANYONE, Tenancy.PRIVATE),
    "mfa_reauthenticate": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE),
    "mfa_reauthenticate_webauthn": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE),
    "socialaccount_connections": Access(GET, Who.SIGNED_IN, Tenancy.PRIVATE),
    "socialaccount_unlink": Access(FORM, Who.SIGNED_IN, Tenancy.PRIVATE, {"pk": "=0"}),
    "socialaccount_signup": Access(FORM, Who.ANYONE, Tenancy.PRIVATE),
    "openid_connect_login": Access(POST, Who.ANYONE, arguments={"provider_id": "=unknown"}),
    "openid_connect_callback": Access(GET, Who.ANYONE, arguments={"provider_id": "=unknown"}),
    "components": Access(GET, Who.ANYONE, Tenancy.SHARED),
}


@dataclass(frozen=True)
class BackOffice:
    """Who opens a model's pages in the admin: the list, one row with its history, and the forms."""

    list: Who = Who.ADMIN
    row: Who = Who.ADMIN
    add: Who = Who.ADMIN
    change: Who = Who.ADMIN
    delete: Who = Who.ADMIN

    def page(self, ending: str) -> Access | None:
        """The row of the table for one of the model's pages, by the end of its name; None for no such page."""
        pages = {
            "changelist": Access(FORM, self.list),
            "add": Access(FORM, self.add),
            "change": Access(FORM, self.row, who_changes=self.change),
            "delete": Access(FORM, self.delete),
            "history": Access(GET, self.row),
            "export": Access(GET, self.list),
        }
        return pages.get(ending)


FOR_ADMINS = BackOffice()
FOR_ADMINS_TO_READ = BackOffice(add=Who.NOBODY, change=Who.NOBODY, delete=Who.NOBODY)
OF_COURSES = BackOffice(Who.STAFF, Who.COURSE_STAFF, Who.STAFF, Who.COURSE_STAFF, Who.COURSE_STAFF)
OF_COURSES_TO_READ = BackOffice(
    Who.STAFF, Who.COURSE_STAFF, add=Who.NOBODY, change=Who.NOBODY, delete=Who.NOBODY
)
OF_OWNERS_TO_READ = BackOffice(
    Who.STAFF, Who.OWNER, add=Who.NOBODY, change=Who.NOBODY, delete=Who.NOBODY
)

#: Pages of the admin, model by model; a model without a row is for admins, and to read.
BACK_OFFICE = {
    "certificates_certificate": BackOffice(
        Who.STAFF, Who.COURSE_STAFF, add=Who.NOBODY, change=Who.COURSE_STAFF, delete=Who.NOBODY
    ),
    "certificates_signingkey": BackOffice(add=Who.NOBODY, delete=Who.NOBODY),
    "billing_billingprofile": BackOffice(add=Who.NOBODY, delete=Who.NOBODY),
    "billing_plan": FOR_ADMINS,
    "billing_subscription": BackOffice(delete=Who.NOBODY),
    "content_contentitem": OF_COURSES,
    "content_contentversion": OF_COURSES_TO_READ,
    "content_coursetext": OF_COURSES_TO_READ,
    "content_coursetransfer": OF_COURSES_TO_READ,
    "content_itemdraft": OF_COURSES_TO_READ,
    "content_lessondraft": OF_COURSES_TO_READ,
    "content_lessonversion": OF_COURSES_TO_READ,
    "content_lesson": OF_COURSES,
    "content_lessonitem": OF_COURSES_TO_READ,
    "content_mediaasset": OF_COURSES,
    "content_mediause": OF_COURSES_TO_READ,
    "content_module": OF_COURSES,
    "content_learningpath": OF_OWNERS_TO_READ,
    "content_pathprerequisite": OF_OWNERS_TO_READ,
    "content_pathstep": OF_OWNERS_TO_READ,
    "content_videoasset": OF_COURSES,
    "courses_course": OF_COURSES,
    "courses_coursedraft": OF_COURSES_TO_READ,
    "courses_courseprerequisite": OF_COURSES_TO_READ,
    "courses_courserating": OF_COURSES_TO_READ,
    "courses_coursereview": BackOffice(
        Who.STAFF, Who.COURSE_STAFF, add=Who.NOBODY, change=Who.COURSE_STAFF, delete=Who.NOBODY
    ),
    "courses_courseseats": OF_COURSES_TO_READ,
    "courses_coursestaff": OF_COURSES_TO_READ,
    "courses_courseversion": OF_COURSES_TO_READ,
    "courses_formerslug": BackOffice(
        Who.STAFF, Who.COURSE_STAFF, add=Who.NOBODY, change=Who.NOBODY, delete=Who.ADMIN
    ),
    "courses_roleassignment": BackOffice(
        Who.STAFF, Who.OWNER, add=Who.STAFF, change=Who.NOBODY, delete=Who.OWNER
    ),
    "courses_subject": BackOffice(list=Who.STAFF, row=Who.STAFF),
    "enrollments_enrollment": BackOffice(
        Who.STAFF, Who.COURSE_STAFF, add=Who.ADMIN, change=Who.COURSE_STAFF, delete=Who.NOBODY
    ),
    "enrollments_enrollmentchange": OF_COURSES_TO_READ,
    "enrollments_invitation": OF_COURSES_TO_READ,
    "enrollments_joincode": OF_COURSES_TO_READ,
    "enrollments_preapproval": OF_COURSES_TO_READ,
    "enrollments_section": OF_COURSES_TO_READ,
    "enrollments_sectionmember": OF_COURSES_TO_READ,
    "enrollments_sectionstaff": OF_COURSES_TO_READ,
    "enrollments_waitlistchange": OF_COURSES_TO_READ,
    "enrollments_waitlistentry": BackOffice(
        Who.STAFF, Who.COURSE_STAFF, add=Who.NOBODY, change=Who.COURSE_STAFF, delete=Who.NOBODY
    ),
    "privacy_retentionpolicy": BackOffice(add=Who.NOBODY, delete=Who.NOBODY),
    "enrollments_pathenrollment": OF_OWNERS_TO_READ,
    "progress_lessonprogress": OF_COURSES_TO_READ,
    "progress_moduleprogress": OF_COURSES_TO_READ,
    "socialaccount_socialapp": FOR_ADMINS,
    "tenancy_domain": FOR_ADMINS,
    "tenancy_organization": BackOffice(add=Who.NOBODY, delete=Who.NOBODY),
    "users_role": FOR_ADMINS,
    "users_user": FOR_ADMINS,
}

#: The other addresses of the admin.
ADMIN = {
    "admin:index": Access(GET, Who.STAFF),
    "admin:login": Access(GET, Who.ANYONE, Tenancy.SHARED),
    "admin:logout": Access(POST, Who.ANYONE, Tenancy.SHARED),
    "admin:password_change": Access(FORM, Who.STAFF, Tenancy.PRIVATE),
    "admin:password_change_done": Access(GET, Who.STAFF, Tenancy.PRIVATE),
    "admin:autocomplete": Access(GET, Who.STAFF),
    "admin:jsi18n": Access(GET, Who.STAFF, Tenancy.SHARED),
    "admin:app_list": Access(GET, Who.STAFF),
}

#: Where an object's page of the admin once was, and what catches the rest.
UNNAMED_IN_ADMIN = Access(GET, Who.STAFF)


@dataclass(frozen=True)
class Address:
    """A URL pattern of the site: its full name, its route and its parameters."""

    name: str
    route: str
    parameters: tuple[str, ...]
    callback: object


def addresses() -> Iterator[Address]:
    """Every URL pattern, also those of the admin; unnamed ones carry their route as name."""
    yield from _walk(get_resolver(), namespace="", prefix="")


def _walk(resolver: URLResolver, *, namespace: str, prefix: str) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            name = f"{namespace}{pattern.name}" if pattern.name else route
            parameters = tuple(pattern.pattern.regex.groupindex)
            yield Address(name, route, parameters, pattern.callback)
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern, namespace=inner, prefix=route)


def access_to(name: str) -> Access | None:
    """The row for a URL name; for the pages of a model in the admin, that of the model."""
    if name in ACCESS:
        return ACCESS[name]
    if name in ADMIN:
        return ADMIN[name]
    if name.startswith("admin/"):
        return UNNAMED_IN_ADMIN
    if name.startswith("admin:"):
        model, _, ending = name.removeprefix("admin:").rpartition("_")
        return BACK_OFFICE.get(model, FOR_ADMINS_TO_READ).page(ending)
    return None
