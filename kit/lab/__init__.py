"""JupyterLab for a class: its settings, its kernels, its offline installer, a class server's pupils.

``kit lab`` (:mod:`kit.cli.lab`) is the way in.
"""
