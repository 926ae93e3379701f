#!/bin/sh
# A Slurm of one controller and a few node daemons on this machine, in a folder, without root, systemd or a network: for tests.
#
#   cluster.sh start FOLDER [NODES]   starts it; SLURM_CONF=FOLDER/slurm.conf is then what sbatch and the others need
#   cluster.sh kill FOLDER NODE       ends a node as a power cut does: daemon, steps and jobs by SIGKILL
#   cluster.sh node FOLDER NODE       starts the daemon of a node, such as one that was killed
#   cluster.sh stop FOLDER            ends all of it, jobs too
#
# All listen on the loopback interface alone. Waiting times are as short as Slurm allows, so that a node that is gone is noticed in
# seconds and what it had is queued again soon.
set -eu
PATH=$PATH:/usr/sbin:/sbin

command=${1:?start, kill, node or stop}
folder=$(mkdir -p "${2:?a folder}" && cd "$2" && pwd)
configuration=$folder/slurm.conf

# What runs on a node of this cluster, or on any, by what its environment says: daemons, steps and jobs.
processes() {
  for entry in /proc/[0-9]*; do
    tr '\0' '\n' 2>/dev/null <"$entry/environ" >"$folder/run/environment" || continue
    grep -qx "SLURM_CONF=$configuration" "$folder/run/environment" || continue
    grep -qx "SLURMD_NODENAME=${1:-n[0-9]*}" "$folder/run/environment" || continue
    echo "${entry#/proc/}"
  done 2>/dev/null
}

# A daemon keeps what it is given to print to, and whoever reads that would wait for its end.
quietly() { "$@" >>"$folder/log/start" 2>&1; }

start_node() { SLURM_CONF=$configuration SLURMD_NODENAME=$1 quietly slurmd -N "$1" -f "$configuration"; }

case $command in
start)
  nodes=${3:-4}
  host=$(hostname)
  user=$(id -un)
  # Ports that no other cluster of this machine takes, as far as can be told.
  first=$((20000 + $$ % 2000 * 10))
  for part in munge run spool state log; do mkdir -p "$folder/$part"; done
  chmod 755 "$folder" "$folder/munge"
  (umask 077 && head -c 128 /dev/urandom >"$folder/munge/key")
  cat >"$configuration" <<END
ClusterName=coppice-test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket,cred_expire=5
CryptoType=crypto/munge
SlurmctldPort=$first
SlurmctldPidFile=$folder/run/slurmctld.pid
SlurmdPidFile=$folder/run/slurmd-%n.pid
SlurmdSpoolDir=$folder/spool/%n
StateSaveLocation=$folder/state
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd-%n.log
CommunicationParameters=NoAddrCache,NoCtldInAddrAny,NoInAddrAny
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,batch_sched_delay=0,bf_interval=1,sched_min_interval=0
ReturnToService=2
SlurmctldTimeout=10
SlurmdTimeout=5
KillWait=5
MinJobAge=300
MaxArraySize=1001
SlurmdParameters=config_overrides
NodeName=n[1-$nodes] NodeHostname=$host NodeAddr=127.0.0.1 Port=[$((first + 1))-$((first + nodes))] CPUs=1 RealMemory=4000 State=UNKNOWN
PartitionName=main Nodes=n[1-$nodes] Default=YES MaxTime=INFINITE State=UP
END
  quietly munged --key-file="$folder/munge/key" --socket="$folder/munge/socket" --pid-file="$folder/munge/pid" \
    --log-file="$folder/munge/log" --seed-file="$folder/munge/seed"
  export SLURM_CONF="$configuration"
  quietly slurmctld -f "$configuration"
  for node in $(seq 1 "$nodes"); do start_node "n$node"; done
  # Until all nodes are there.
  for attempt in $(seq 1 100); do
    idle=$(sinfo -h -N -t idle -o %N 2>/dev/null | wc -l)
    [ "$idle" -lt "$nodes" ] || exit 0
    sleep 0.1
  done
  echo "cluster.sh: only $idle of $nodes nodes came up; see $folder/log" >&2
  exit 1
  ;;
kill)
  kill -KILL $(processes "${3:?a node}") 2>/dev/null || true
  rm -f "$folder/run/slurmd-$3.pid"
  ;;
node) start_node "${3:?a node}" ;;
stop)
  [ -f "$configuration" ] || exit 0
  kill -KILL $(cat "$folder"/run/*.pid 2>/dev/null) $(processes) 2>/dev/null || true
  kill $(cat "$folder/munge/pid" 2>/dev/null) 2>/dev/null || true
  ;;
*)
  echo "cluster.sh: start, kill, node or stop, not $command" >&2
  exit 64
  ;;
esac
