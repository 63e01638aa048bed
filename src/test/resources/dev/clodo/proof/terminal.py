"""A terminal for one command: what it shows, line by line, and what is left of it in the end.

The one argument is JSON: command, columns, rows, seconds, and what to do as soon as a text is seen:
[["text", "keys", columns, rows], ...] in this order; columns and rows of 0 keep the size. Prints JSON.
"""

import codecs, fcntl, json, os, pty, re, select, signal, struct, sys, termios, time

asked = json.loads(sys.argv[1])
columns, rows = asked["columns"], asked["rows"]


def resize(fd):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


class Screen:
    """What a terminal without surprises makes of it; it does not fold lines anew when it is resized."""

    CODE = re.compile("\x1b\\[([0-9;?]*)([A-Za-z])")

    def __init__(self):
        self.lines, self.y, self.x, self.rest = [""], 0, 0, ""
        self.folded, self.unknown, self.hidden, self.coloured = [], [], False, False

    def write(self, text):
        text = self.rest + text
        self.rest = ""
        at = 0
        while at < len(text):
            letter = text[at]
            if letter == "\x1b":
                code = self.CODE.match(text, at)
                if not code:
                    if len(text) - at > 20:
                        raise SystemExit("no escape sequence: " + repr(text[at : at + 20]))
                    self.rest = text[at:]
                    return
                self.control(code.group(1), code.group(2))
                at = code.end()
                continue
            if letter == "\r":
                self.x = 0
            elif letter == "\n":
                self.down()
            else:
                if self.x == columns:
                    self.folded.append(self.lines[self.y] + letter)
                    self.down()
                    self.x = 0
                line = self.lines[self.y].ljust(self.x)
                self.lines[self.y] = line[: self.x] + letter + line[self.x + 1 :]
                self.x += 1
            at += 1

    def down(self):
        self.y += 1
        while len(self.lines) <= self.y:
            self.lines.append("")

    def control(self, numbers, kind):
        if kind == "A":
            self.y = max(0, self.y - int(numbers or 1))
        elif kind == "J":
            self.lines[self.y] = self.lines[self.y][: self.x]
            del self.lines[self.y + 1 :]
        elif kind == "m":
            self.coloured = numbers not in ("", "0")
        elif numbers == "?25":
            self.hidden = kind == "l"
        else:
            self.unknown.append(numbers + kind)


pid, fd = pty.fork()
if pid == 0:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.execvp(asked["command"][0], asked["command"])
resize(fd)
before = termios.tcgetattr(fd)
decoder = codecs.getincrementaldecoder("utf-8")()
screen, raw, todo, seen = Screen(), "", list(asked["steps"]), 0
deadline = time.monotonic() + asked["seconds"]
while True:
    if time.monotonic() > deadline:
        os.kill(pid, signal.SIGKILL)
        sys.exit("did not end; it showed:\n" + "\n".join(screen.lines))
    if not select.select([fd], [], [], 1)[0]:
        continue
    try:
        data = os.read(fd, 65536)
    except OSError:
        break
    if not data:
        break
    text = decoder.decode(data)
    raw += text
    screen.write(text)
    while todo and todo[0][0] in raw[seen:]:
        found, keys, wide, high = todo.pop(0)
        seen = raw.index(found, seen) + len(found)
        if wide:
            columns, rows = wide, high
            resize(fd)
        if keys:
            os.write(fd, keys.encode())
_, status = os.waitpid(pid, 0)
try:
    after = termios.tcgetattr(fd)
except termios.error:
    after = before
print(
    json.dumps(
        {
            "exit": os.waitstatus_to_exitcode(status),
            "shown": screen.lines,
            "cursorAt": screen.x,
            "folded": screen.folded,
            "unknown": screen.unknown,
            "hidden": screen.hidden,
            "coloured": screen.coloured,
            "sameModes": before[:4] == after[:4],
            "notDone": [step[0] for step in todo],
            "raw": raw,
        }
    )
)
