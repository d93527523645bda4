"""A course as a folder of Markdown and YAML with its files, written as `content.importing` reads it.

The same course gives the same bytes each time: names come from titles and positions, times are left out.
"""

from content.exporting.bundle import Bundle, write_folder, write_zip
from content.exporting.course import bundle_of
from content.exporting.remembering import remember_export

__all__ = ["Bundle", "bundle_of", "remember_export", "write_folder", "write_zip"]
