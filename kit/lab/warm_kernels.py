"""Kernels of JupyterLab that are forked from a warm process (:mod:`kit.batch.warm`), where that is possible.

Imports are most of what a pupil waits for, and most of a kernel's memory: a forked kernel has them already
and shares their memory with the others.
"""

from __future__ import annotations

import os

from jupyter_server.services.kernels.kernelmanager import ServerKernelManager

from kit.batch.warm import manager

#: Environment variable with the socket of the warm process.
SOCKET = "KIT_WARM_SOCKET"

#: What JupyterLab's server starts kernels with.
WarmServerKernelManager = manager(os.environ.get(SOCKET, ""), ServerKernelManager)
