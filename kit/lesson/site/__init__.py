"""``kit lesson site``: lessons, kit and a snapshot of the data as a site for browsers (JupyterLite).

Nothing is installed where it is used and nothing is fetched from elsewhere: the site is files on any web
server. It needs the extra ``site`` where it is made. docs/in-the-browser.md says how, and what it cannot do.
"""

from kit.lesson.site.build import Site, build

__all__ = ["Site", "build"]
