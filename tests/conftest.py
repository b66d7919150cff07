"""What every test shares."""

import signal
import threading

from hypothesis import settings

# A law is true at any speed: machines that run tests are busy ones.
settings.register_profile("factcheck", deadline=None)
settings.load_profile("factcheck")

# A suite that runs in the background of a script is started with interrupts ignored, and so would be the commands
# that its tests start and interrupt.
if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
