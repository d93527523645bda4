"""What this app announces."""

from django.dispatch import Signal

user_registered = Signal()  #: An account came to be, by sign-up or by an admin; once. Facts: user.
