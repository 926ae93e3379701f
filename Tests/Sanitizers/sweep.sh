# What a sanitizer looks at: `sweep PROGRAM JOBS THREADS` runs a small sweep in $folder, goes on with it after an interruption, and
# reads it with every command.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

sweep() {
  program=$PWD/$1
  export SWIFT_BACKTRACE=enable=no COPPICE_RESULTS="$folder/results" COPPICE_CHECKPOINT_SECONDS=0
  small="quickstart --seeds 1 --as small --set training=4it --set evaluation=2it --set batch-size=20"
  glyphs="dataset=glyphs(training: 40, validation: 20, test: 20)"
  set -- --quiet --jobs "$2" --threads "$3"
  "$program" run $small "$@" --set "$glyphs" --set "model=mlp(widths: [16])" >/dev/null
  "$program" run $small "$@" --set "$glyphs" --set "model=mlp(widths: [16])" --fresh >/dev/null
  for model in "conv(stages: [[4], [8]], hidden: [8])" "lenet-5"; do
    "$program" run $small "$@" --set "$glyphs" --set "model=$model" --set criterion=taylor --set schedule=one-shot --force \
      --set sparsity=0.5 >/dev/null
  done
  "$program" run $small "$@" --set "model=causal-transformer(width: 16, heads: 2, layers: 1)" --set "dataset=induction(training: 40, validation: 20, test: 20)" \
    --set schedule=one-shot --set sparsity=0.5 --set granularity=head --force >/dev/null
  for pruning in "dynamics=rigl(every: 1it)" learned-mask=movement; do
    "$program" run $small "$@" --set "$glyphs" --set "model=mlp(widths: [16])" --set schedule=none --set retraining=none \
      --set sparsity=0.5 --set "$pruning" --force >/dev/null
  done
  for command in "plan quickstart" "list criteria" status "table small" "table small --rows" "plot small" doctor clean \
    "clean --orphans" "clean --stages"; do
    "$program" $command >/dev/null
  done
}
