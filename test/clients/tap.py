"""TAP lines for the clients' checks: ok(), same(), close()."""
import sys

count = 0
bad = 0


def ok(condition, text, detail=''):
    global count, bad
    count += 1
    if condition:
        print(f'ok {count} - {text}', flush=True)
    else:
        bad += 1
        print(f'not ok {count} - {text}', flush=True)
        for line in str(detail).splitlines()[:12]:
            print(f'#   {line}')
    return bool(condition)


def same(have, want, text):
    return ok(have == want, text, f'have: {have!r}\nwant: {want!r}')


def close():
    print(f'1..{count}', flush=True)
    sys.stdout.flush()
    return 1 if bad else 0
