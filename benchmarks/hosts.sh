# Starts gateway, workers and what else a benchmark needs, and stops all of it at the end. Source it at the root of the project; it makes a temporary folder $work.
exec </dev/null
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 DEBIAN_FRONTEND=noninteractive

work=$(mktemp -d)
chmod 711 "$work"                             # a server that runs as another user has its folder in here
stops=()                                      # commands that stop what was started, and of the hosts the ids
hosts=()
host_settings=()                              # environment of every host
host_folder=bin/Release/net10.0               # of a host, in its project's folder
source tests/servers.sh

stop_hosts() {
  if ((${#hosts[@]} == 0)); then return 0; fi   # without the 0 a trap would return its own status, and end
  kill "${hosts[@]}" 2>/dev/null || true
  wait "${hosts[@]}" 2>/dev/null || true
  hosts=()
}

finish() {
  local status=$? stop
  trap - EXIT
  if [[ ${waited:-} ]]; then kill "$waited" 2>/dev/null || true; fi
  stop_hosts
  for stop in "${stops[@]}"; do eval "$stop" >/dev/null 2>&1 || true; done
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

# A signal waits for what runs in front, so what takes long runs in the background.
interruptibly() {
  "$@" &
  waited=$!
  wait "$waited" || return
  waited=""
}

# until_answered NAME URL: a log of that name tells why not, after $patience seconds.
patience=30
until_answered() {
  local tries=0
  until curl -fs -o "$work/ready" "$2"; do
    if ((++tries > 10 * patience)); then tail -n 20 "$work/$1.log" >&2; return 1; fi
    sleep 0.1
  done
}

# As the images are: several processes that compile at once would take the machine from what is measured.
compile_ahead() {
  local name
  host_folder=bin/Release/ahead
  for name in Gateway Worker; do
    interruptibly dotnet publish "src/$name" -c Release -r linux-x64 --self-contained false -p:PublishReadyToRun=true -o "src/$name/$host_folder" --nologo -v quiet
  done
}

# start_host NAME USER [VARIABLE=VALUE ...]: leaves the process id in $started.
start_host() {
  local name=$1 user=$2
  shift 2
  env RABBITMQ_URL="amqp://$user:$user-development@${COINSPHERE_TEST_RABBITMQ#*@}/coinsphere" "${host_settings[@]}" "$@" \
    dotnet "src/$name/$host_folder/Coinsphere.Messaging.$name.dll" >>"$work/$name.log" 2>&1 &
  started=$!
  hosts+=("$started")
}

start_gateway() {
  start_host Gateway gateway PORT="$port" "$@"
  gateway=$started workers=()
  until_answered Gateway "http://127.0.0.1:$port/health"
}

# start_workers COUNT [VARIABLE=VALUE ...]: as many as are missing.
start_workers() {
  local count=$1
  shift
  while ((${#workers[@]} < count)); do
    start_host Worker worker DATABASE_URL="$COINSPHERE_TEST_POSTGRES" "$@"
    workers+=("$started")
  done
  until_answered Worker "http://127.0.0.1:$port/health/ready"
}

start_servers() {
  local server
  for server in postgres rabbitmq redis; do "start_$server"; done
  "$COINSPHERE_TEST_RABBITMQCTL" import_definitions <rabbitmq/definitions.json >/dev/null
  redis_port=${COINSPHERE_TEST_REDIS#*:}
}

# The private PostgreSQL as psql and Python want it named.
database_url() {
  local settings setting
  local -A of
  IFS=';' read -ra settings <<<"$COINSPHERE_TEST_POSTGRES"
  for setting in "${settings[@]}"; do of[${setting%%=*}]=${setting#*=}; done
  echo "postgresql://${of[Username]}:${of[Password]}@${of[Host]}:${of[Port]}/${of[Database]}"
}

# import_prices FOLDER SYMBOL ...: into the database; leaves in $until the last day that all of them have.
import_prices() {
  local folder=$1 file files
  shift
  files=("${@/#/$folder/}")
  files=("${files[@]/%/.csv}")
  DATABASE_URL=$COINSPHERE_TEST_POSTGRES interruptibly dotnet src/Standalone/bin/Release/net10.0/Coinsphere.Messaging.Standalone.dll import "${files[@]}" >&2
  until=$(for file in "${files[@]}"; do tail -n 3 "$file" | grep -oE '[0-9]{4}-[0-9]{2}-[0-9]{2}' | sort | tail -n 1; done | sort | head -n 1)
}

# CPUs of one name differ most in their vectors.
vectors() { if grep -q avx512f /proc/cpuinfo; then echo AVX-512; elif grep -q avx2 /proc/cpuinfo; then echo AVX2; else echo "128 bits"; fi; }

# result_name NAME: the file of this machine.
result_name() {
  local cpu
  cpu=$(echo "$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1) $(vectors)" | tr '[:upper:]' '[:lower:]' | tr -cs '[:alnum:]' -)
  echo "benchmarks/results/$1-${cpu%-}.md"
}
