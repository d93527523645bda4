"""The back office: Django's admin, taught who may see and change which rows.

`tenancy.admin` offers what an app's `admin.py` needs.
"""
