"""Waiting, in a browser, for what a page does a moment after it was used."""


def pause(page, milliseconds):
    """Wait by the page's own clock: on a busy machine it may be later than the test's."""
    page.evaluate("(time) => new Promise((done) => setTimeout(done, time))", milliseconds)


def settle(page):
    """Wait until the page has kept its address, and has fitted and drawn what changed its size."""
    pause(page, 200)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def address(page):
    """The fragment of the page's address, which follows the page after a tenth of a second."""
    settle(page)
    return page.evaluate("location.hash")
