"""Real clients against `comity demo`: vdirsyncer and Python caldav, from the server's address alone.

Usage: run.py COMITY FOLDER (the program, and an empty folder to work in). Exits with 1 at the first thing that is not
as a user would expect it.
"""

import datetime
import json
import pathlib
import subprocess
import sys

import caldav

PASSWORDS = {"bo": "brisk-oar", "hugo": "high-jump"}

EVENT = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//clients//EN\r
BEGIN:VEVENT\r
UID:{uid}\r
DTSTAMP:20260301T000000Z\r
DTSTART:20261201T100000Z\r
DTEND:20261201T110000Z\r
SUMMARY:{summary}\r
X-ODD;A=b:kept\r
END:VEVENT\r
END:VCALENDAR\r
"""


def expect(holds, what):
    if not holds:
        sys.exit(f"clients: not as expected: {what}")
    print(f"  {what}")


class Server:
    """The demo, on a port of its own."""

    def __init__(self, program, folder):
        self.program = program
        self.data = folder / "data"
        demo = [program, "demo", "--listen", "127.0.0.1:0", "--data", str(self.data)]
        self.process = subprocess.Popen(demo, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.address = None
        for line in self.process.stdout:
            if "http://" in line:
                self.address = "http://" + line.split("http://")[1].split()[0].rstrip(".,")
                break
        expect(self.address, "the demo serves")

    def ask(self, *arguments):
        command = [self.program, "--data", str(self.data), *arguments, "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    def order(self, *arguments):
        subprocess.run([self.program, "--data", str(self.data), *arguments], capture_output=True, check=True)

    def stop(self):
        self.process.terminate()
        self.process.stdout.read()
        self.process.wait()


class Vdirsyncer:
    """vdirsyncer with folders of its own."""

    def __init__(self, server, user, folder):
        self.folder = folder
        self.config = folder / "config"
        text = f'[general]\nstatus_path = "{folder}/status/"\n'
        for name, kind, ending in [("cal", "caldav", ".ics"), ("card", "carddav", ".vcf")]:
            text += (
                f'[pair {name}]\na = "{name}_here"\nb = "{name}_there"\ncollections = ["from b"]\n'
                f'[storage {name}_here]\ntype = "filesystem"\npath = "{folder}/{name}/"\nfileext = "{ending}"\n'
                f'[storage {name}_there]\ntype = "{kind}"\nurl = "{server.address}/"\n'
                f'username = "{user}"\npassword = "{PASSWORDS[user]}"\n'
            )
        self.config.write_text(text)
        self.call("discover", answer="y\n" * 100)

    def call(self, command, answer=""):
        program = pathlib.Path(sys.executable).with_name("vdirsyncer")
        done = subprocess.run(
            [str(program), "-c", str(self.config), command], input=answer, capture_output=True, text=True, timeout=120
        )
        return done.returncode == 0

    def sync(self):
        return self.call("sync")


def alias(client, title):
    """The last segment of a calendar's address."""
    calendars = client.principal().calendars()
    found = [calendar for calendar in calendars if calendar.get_display_name() == title]
    expect(len(found) == 1, f"'{title}' is found from the server's address alone")
    return found[0], str(found[0].url).rstrip("/").rsplit("/", 1)[1]


def syncs_both_ways(server, folder, bo):
    here = Vdirsyncer(server, "bo", folder)
    expect(here.sync(), "vdirsyncer: the first sync of all calendars and address books")
    expect(here.sync(), "vdirsyncer: a second sync has nothing to do")
    text = EVENT.format(uid="from-vdirsyncer", summary="Lunch")
    own = here.folder / "cal" / "Calendar" / "from-vdirsyncer.ics"
    own.write_bytes(text.encode())
    expect(here.sync(), "vdirsyncer: an event goes up")
    calendar = alias(bo, "Calendar")[0]
    event = calendar.event_by_uid("from-vdirsyncer")
    expect("X-ODD;A=b:kept" in event.data, "caldav: finds it, with the property nobody knows")
    event.data = event.data.replace("SUMMARY:Lunch", "SUMMARY:Dinner")
    event.save()
    expect(here.sync() and "SUMMARY:Dinner" in own.read_text(), "vdirsyncer: the change comes down")
    own.unlink()
    expect(here.sync() and event.url not in [hit.url for hit in calendar.events()], "vdirsyncer: a delete goes up")
    return here


def meets_limits(server, here, bo):
    team = here.folder / "cal" / alias(bo, "Team Calendar")[1]
    foreign = [item["summary"] for item in server.ask("item", "list", "public", "Team Calendar") if item["owner"] != "bo"]
    others = [path for path in sorted(team.iterdir()) if any(f"SUMMARY:{text}\r\n".encode() in path.read_bytes() for text in foreign)]
    own = team / "own.ics"
    own.write_bytes(EVENT.format(uid="own", summary="Own").encode())
    expect(here.sync(), "own-only share: an event of one's own goes up")
    own.write_bytes(EVENT.format(uid="own", summary="Changed").encode())
    expect(here.sync(), "own-only share: it may be changed")
    expect(others, "own-only share: events of others are there")
    stood = others[0].read_bytes()
    others[0].write_bytes(stood.replace(b"SUMMARY:", b"SUMMARY:Mine "))
    before = len(server.ask("denied", "list", "bo"))
    expect(not here.sync(), "own-only share: an event of another's is refused")
    denied = server.ask("denied", "list", "bo")
    expect(len(denied) == before + 1 and denied[0]["operation"] == "change", "the refusal stands on the list")
    expect("vdirsyncer" in denied[0]["device"], "with the program's name")
    others[0].write_bytes(stood)
    holidays = here.folder / "cal" / alias(bo, "Public Holidays")[1]
    (holidays / "mine.ics").write_bytes(EVENT.format(uid="mine", summary="Mine").encode())
    expect(not here.sync(), "read-only share: a new event is refused")
    server.order("share", "set", "public", "Public Holidays", "user:bo", "--preset", "editor")
    expect(here.sync(), "read-only share: once its admin grants it, the next sync brings it up")


def day(number):
    return datetime.datetime(2026, 12, number, tzinfo=datetime.timezone.utc)


def walks_with_caldav(bo, hugo):
    calendar = alias(bo, "Calendar")[0]
    event = calendar.save_event(dtstart=day(1), dtend=day(2), summary="From caldav", rrule={"FREQ": "WEEKLY"})
    found = calendar.search(start=day(15), end=day(16), event=True)
    expect(event.url in [hit.url for hit in found], "caldav: a later occurrence finds its series")
    state = calendar.objects_by_sync_token(load_objects=True)
    event.delete()
    gone = state.sync()[1]
    expect([str(hit.url) for hit in gone] == [str(event.url)], "caldav: the sync token tells of the delete")
    team = alias(hugo, "Team Calendar")[0]
    try:
        team.save_event(dtstart=day(1), dtend=day(2), summary="Not mine")
    except caldav.lib.error.AuthorizationError:
        expect(True, "caldav: a write into a read-only share is told as not allowed")
    else:
        expect(False, "caldav: a write into a read-only share is told as not allowed")


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    server = Server(program, folder)
    try:
        def client(user):
            return caldav.DAVClient(url=server.address, username=user, password=PASSWORDS[user])

        here = syncs_both_ways(server, folder, client("bo"))
        meets_limits(server, here, client("bo"))
        walks_with_caldav(client("bo"), client("hugo"))
    finally:
        server.stop()


main()
