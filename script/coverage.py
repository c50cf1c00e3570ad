"""Adds up what gcov says of the C files: script/coverage runs this.

    coverage.py [--missing] DIRECTORY       of sources, .gcno and .gcda files
"""
import collections
import glob
import gzip
import json
import os
import re
import subprocess
import sys

# Statements that begin so have branches that no test can take, as has what asks
# for the header of a value that is known to be flat.
STATEMENT = re.compile(r'^\s*(else\s+)?(ereport|elog|errsave|ereturn|CHECK_FOR_INTERRUPTS|Assert)\s*\(')
EXPRESSION = re.compile(r'VARSIZE_ANY|VARDATA_ANY')


def left_out(source):
    """The numbers of such lines; a statement ends with its parentheses."""
    lines = set()
    depth = 0
    for number, line in enumerate(source, 1):
        if EXPRESSION.search(line):
            lines.add(number)
        if depth > 0 or STATEMENT.match(line):
            lines.add(number)
            code = re.sub(r'"(\\.|[^"\\])*"|\'(\\.|[^\'\\])*\'', '', line)
            depth = max(depth + code.count('(') - code.count(')'), 0)
    return lines


def gcov(directory):
    """What gcov says of each object file."""
    files = [os.path.basename(name) for name in glob.glob(directory + '/*.gcda')]
    subprocess.run(['gcov', '--json-format', '--branch-probabilities'] + files, cwd=directory, check=True, stdout=subprocess.DEVNULL)
    for name in glob.glob(directory + '/*.gcov.json.gz'):
        with gzip.open(name) as file:
            yield json.load(file)


def percent(taken, of):
    return '%5.1f' % (100 * taken / of) if of else '    -'


def main(arguments):
    missing = '--missing' in arguments
    directory = arguments[-1]
    lines = collections.defaultdict(collections.Counter)
    branches = collections.defaultdict(collections.Counter)
    # A line of a header is in many object files, each time with the same branches.
    for report in gcov(directory):
        for file in report['files']:
            name = os.path.basename(file['file'])
            if not os.path.exists('%s/%s' % (directory, name)):
                continue
            for line in file['lines']:
                lines[name][line['line_number']] += line['count']
                for i, branch in enumerate(line['branches']):
                    branches[name][line['line_number'], i] += branch['count']

    total = [0, 0, 0, 0]
    print('%-20s %15s %15s' % ('', 'lines', 'branches'))
    for name in sorted(lines):
        with open('%s/%s' % (directory, name)) as file:
            source = file.read().split('\n')
        without = left_out(source)
        counted = {at: count for at, count in branches[name].items() if at[0] not in without}
        row = [sum(count > 0 for count in lines[name].values()), len(lines[name]),
               sum(count > 0 for count in counted.values()), len(counted)]
        total = [a + b for a, b in zip(total, row)]
        print('%-20s %4d/%4d %s %4d/%4d %s' % (name, row[0], row[1], percent(*row[:2]), row[2], row[3], percent(*row[2:])))
        if missing:
            for number, count in sorted(lines[name].items()):
                never = [i for (line, i), taken in counted.items() if line == number and taken == 0]
                if count == 0 or never:
                    print('    %s %d: %s' % ('line    ' if count == 0 else 'branch %s' % ','.join(map(str, never)), number, source[number - 1].strip()))
    print('%-20s %4d/%4d %s %4d/%4d %s' % ('all', total[0], total[1], percent(*total[:2]), total[2], total[3], percent(*total[2:])))


if __name__ == '__main__':
    main(sys.argv[1:])
