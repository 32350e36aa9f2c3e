"""`python3 -m autograd_mini`, which is the command autograd-mini."""

import sys

from autograd_mini.cli import main

sys.exit(main())
