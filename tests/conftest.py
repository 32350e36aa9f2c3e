"""What holds for all tests."""

import signal

# A run in the background ignores Ctrl-C, and hands that on to the programs that tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
