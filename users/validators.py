"""The rule for usernames, in the form in which the account library asks for it."""

from django.core.validators import MinLengthValidator

from users.models import USERNAME_RULE

username_validators = [MinLengthValidator(3), USERNAME_RULE]
