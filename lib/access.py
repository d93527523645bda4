"""Marks on views that say who may open them."""

from django.contrib.auth.decorators import login_not_required

#: Anyone may open the view. Without it a view asks for sign-in; `config/tests/test_access.py` lists all.
public = login_not_required
