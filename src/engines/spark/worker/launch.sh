# Sourced by the shell that Spark starts for a task. A Node that starts takes longer than a small task, so workers stay for the
# next one, as Spark's own Python workers do: each has a folder in $kit/serving, and reads this shell's input and writes its
# output by itself. Whoever makes `taken` there has it to himself until he removes it.
# $kit: the kit's folder, $node: Node; $@: MODE JOB-FILE TIME.
export NODE_COMPILE_CACHE=$kit/compiled
alone() { exec "$node" "$kit/worker.mjs" "$@"; }

# Where the system does not give its pipes to others of the same user, a worker is started as if there was nothing of this.
[[ -p /proc/$$/fd/0 && -p /proc/$$/fd/1 && ! -S /proc/$$/fd/2 ]] || alone "$@"
umask 077
set -o noclobber
room=
for one in "$kit"/serving/*; do
  { read -r worker <"$one/pid"; } 2>/dev/null || continue
  if [[ ! -e /proc/$worker/exe ]]; then
    rm -rf "$one"
  elif { echo $$ >"$one/taken"; } 2>/dev/null; then
    room=$one
    break
  fi
done
if [[ -z $room ]]; then
  room=$kit/serving/$$
  { mkdir -p "$room" && mkfifo "$room/ask" "$room/answer"; } 2>/dev/null || alone "$@"
  echo $$ >"$room/taken"
  "$node" "$kit/worker.mjs" serve "$room" $PPID </dev/null >/dev/null 2>"$room/said" &
  worker=$!
  echo $worker >"$room/pid"
fi

exec 8<>"$room/ask" 9<>"$room/answer"
echo "$$ $*" >&8
# It ends itself when its time is over; only one that hangs does not.
((last = SECONDS + $3 / 1000 + 5))
left=
while :; do
  [[ -e /proc/$worker/exe ]] && ((SECONDS < last))
  lost=$?
  if IFS= read -r -t 1 -u 9 part; then
    answer=$left$part left=
    [[ ${answer% *} != $$ ]] && continue
    code=${answer#* }
    [[ $code == alone ]] && alone "$@"
    # Only now may others have it: before, they could read this answer.
    [[ $code == 0 ]] && exec rm -f "$room/taken"
    exit "$code"
  fi
  # What was read when the second was over is no whole line yet.
  left+=$part
  if ((lost)) && [[ -z $part ]]; then
    echo "visor worker: it has ended or hangs; its last words: $(<"$room/said")" >&2
    kill -9 $worker 2>/dev/null
    exit 5
  fi
done
