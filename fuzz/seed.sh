#!/usr/bin/env bash
# Makes a first corpus for each target from what the repository holds.
set -euo pipefail
cd "$(dirname "$0")/.."
corpus=fuzz/corpus
mkdir -p $corpus/{scap_reader,scap_roundtrip,filter,format,rules,test_files,engine,pipeline,cap_reader,cap_column,cap_sections}

id=$(printf '0123456789abcdef%.0s' 1 2 3 4)
printf 'cpu=/system.slice/docker-%s.scope\0' "$id" > $corpus/engine/groups
printf '{"Type":"container","Action":"exec_create: id","Actor":{"ID":"%s","Attributes":{"name":"web"}}}' "$id" \
  > $corpus/engine/action
printf '{"Id":"%s","Name":"/web","HostConfig":{"Privileged":true},"Config":{"Image":"a:1","Env":["A=1"]}}' "$id" \
  > $corpus/engine/answer

for capture in fixtures/*.scap; do
  name=$(basename "$capture" .scap)
  for target in scap_reader scap_roundtrip pipeline; do
    cp "$capture" "$corpus/$target/$name"
  done
done
cargo +nightly build -q --manifest-path fuzz/Cargo.toml --example cap_seed
for capture in fixtures/*.scap; do
  name=$(basename "$capture" .scap)
  fuzz/target/debug/examples/cap_seed "$capture" "$corpus/cap_reader/$name" "$corpus/cap_sections/$name"
done
for coding in 0 1 2 3 4 17 20; do
  { printf "\\x$(printf %x $coding)\\0\\x10\\0\\x20\\0"; head -c 32 fixtures/far-apart.scap; } > "$corpus/cap_column/$coding"
done
for form in "" tidy exit; do
  for seed in 1 2 3; do
    cargo run -q -p capture-testkit --example random_capture -- $seed 60 "$corpus/pipeline/random-$seed-$form" $form
  done
done

cp crates/rules/tests/diagnostics/*.yaml "$corpus/rules/"
for tests in fixtures/rules/containers.test.yaml fixtures/rules/falco.yaml; do
  # Each test a file, with rules of the target's own.
  sed -e '/^ *capture:/d;/^ *rules:/d;s/rule: .*/rule: A/' "$tests" |
    awk -v into="$corpus/test_files/$(basename "$tests")" '/^  - name:/ { n++; print "tests:" > (into n) } n { print > (into n) }'
done
printf '%s\n' '- { rule: A, expectedOutcome: { priority: ERROR, outputFields: { proc.name: "%{item.a}" } },' \
  '    cases: [{ strategy: matrix, values: { a: [sh, curl] } }] }' | sed '1i tests:' > "$corpus/test_files/outcome"
printf '%s\n' 'queries:' '- { query: evt.type = open, format: "%fd.name", lines: [x] }' '- query: evt.type=close' \
  'allowed_syscalls: [{ process: sh, calls: [open] }]' 'forbidden: [B]' > "$corpus/test_files/queries"

n=0
while IFS= read -r line; do
  n=$((n + 1))
  printf '%s' "$line" > "$corpus/filter/$n"
done < <(grep -v '^#' tests/differential/filters.txt | grep -v '^$')

n=0
while IFS= read -r line; do
  n=$((n + 1))
  # The length of the text, the text, a capture.
  { printf "\\x$(printf %x ${#line})"; printf '%s' "$line"; cat fixtures/far-apart.scap; } > "$corpus/format/$n"
done < <(grep -v '^#' tests/differential/formats.txt | grep -v '^$')

# Words of the language, and all fields.
{
  for word in and or not exists in intersects pmatch glob iglob regex contains icontains bcontains startswith \
    bstartswith endswith oneof anyof allof 'val(' 'tolower(' 'toupper(' 'b64(' 'basename(' 'len(' 'join(' 'concat(' \
    'getopt(' '=' '!=' '<=' '>=' '(' ')' '[' ']' ',' '\"' "'" '\\' '\\x41' 0x1f -1 1e+3 10.0.0.0/8 ::1 https '%' '*%' \
    '%-20' '[0]' '.name' open cat '- rule: ' '- macro: ' '- list: ' 'condition: ' 'output: ' 'items: ' 'exceptions:' 'values: ' \
    'override:' 'append: true'; do
    echo "\"$word\""
  done
  cargo run -q -- fields | grep -o '^[a-z]*\.[a-z_.]*' | sort -u | sed 's/.*/"&"/'
} > $corpus/words.dict
