"""The store: bytes and rows in, bytes and rows out. It knows nothing of formats, checks or ingest.

======================  =====================================================================
:mod:`.folder`          durable files, network shares, errors of the disk in plain words
:mod:`.journal`         acknowledged acts (SQLite), and the index of all entries
:mod:`.entries`         ``entries/`` and ``raw/``: the truth
:mod:`.tables`          the derived Delta tables
:mod:`.versions`        ``versions/N.json``: the commit point, where readers start
:mod:`.flush`           from the journal to a version, resumable
:mod:`.reading`         rows of a version
:mod:`.frames`          rows between pandas and Polars
======================  =====================================================================

deltalake and Polars are imported inside functions only: opening a dataset does not load them.
"""
