# Installs and starts private servers on free ports of 127.0.0.1, for ./test and the benchmarks. Source it; it expects a temporary folder in
# $work and appends to the array stops the commands that stop what was started.
declare -A package=([postgres]=postgresql-15 [rabbitmq]=rabbitmq-server [redis]=redis-server [node]=nodejs [npm]=npm [pika]=python3-pika [torch]=python3-torch [onnx]=python3-onnx [wrk]=wrk [docker-compose]=docker-compose [faketime]=faketime [prometheus]=prometheus [chromium]=chromium)
declare -A program=([postgres]=/usr/lib/postgresql/15/bin/initdb [rabbitmq]=/usr/lib/rabbitmq/bin/rabbitmq-server [redis]=/usr/bin/redis-server
  [node]=node [npm]=npm [pika]=/usr/lib/python3/dist-packages/pika [torch]=/usr/lib/python3/dist-packages/torch [onnx]=/usr/lib/python3/dist-packages/onnx [wrk]=wrk [docker-compose]=docker-compose [faketime]=faketime [prometheus]=prometheus [chromium]=chromium)

as_root() { if ((EUID == 0)); then "$@"; else sudo -n env DEBIAN_FRONTEND=noninteractive "$@"; fi; }

# Servers refuse to run as root.
as_user() { local user=$1; shift; if ((EUID == 0)); then (cd / && runuser -u "$user" -- "$@"); else "$@"; fi; }

# install_missing NAME...: the packages of what is not there.
install_missing() {
  local server missing=() policy=/usr/sbin/policy-rc.d
  for server in "$@"; do
    if [[ ! -e ${program[$server]} ]] && ! command -v "${program[$server]}" >/dev/null; then missing+=("${package[$server]}"); fi
  done
  if ((${#missing[@]} == 0)); then return; fi
  as_root apt-get -qq update
  # Debian starts what it installs; 101 forbids it, for these tests start their own.
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod +x "$policy"
    stops+=("as_root rm -f $policy")
  fi
  as_root apt-get -qq install -y --no-install-recommends "${missing[@]}" >"$work/apt.log" 2>&1 || { cat "$work/apt.log" >&2; return 1; }
}

# Below the ports that the kernel gives to clients.
free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)); (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}

start_postgres() {
  local bin folder=$work/postgres port password=$RANDOM$RANDOM$RANDOM
  bin=$(dirname "${program[postgres]}")
  port=$(free_port)
  mkdir "$folder"
  echo "$password" >"$folder/password"
  if ((EUID == 0)); then chown -R postgres "$folder"; fi
  as_user postgres "$bin/initdb" -D "$folder/data" -U tests --pwfile="$folder/password" --auth=scram-sha-256 -E UTF8 --locale=C --no-sync >/dev/null
  # Nothing here outlives the run, so nothing waits for a disk.
  stops+=("as_user postgres $bin/pg_ctl -D $folder/data -m immediate stop")
  as_user postgres "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w start -o "-p $port -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories=$folder -c fsync=off -c synchronous_commit=off -c full_page_writes=off" >/dev/null || { cat "$folder/log" >&2; return 1; }
  export COINSPHERE_TEST_POSTGRES="Host=127.0.0.1;Port=$port;Username=tests;Password=$password;Database=postgres"
}

# Clustering and its port mapper are Erlang's; with ports and names of their own they meet no other broker's.
start_rabbitmq() {
  local bin folder=$work/rabbitmq port password=$RANDOM$RANDOM$RANDOM user="" environment
  bin=$(dirname "${program[rabbitmq]}")
  port=$(free_port)
  mkdir "$folder"
  cp rabbitmq/rabbitmq.conf "$folder/rabbitmq.conf"
  echo "[]." >"$folder/plugins"
  if ((EUID == 0)); then chown -R rabbitmq "$folder"; fi
  environment=(HOME="$folder" ERL_EPMD_PORT="$(free_port)" RABBITMQ_NODENAME="tests$port@localhost" RABBITMQ_NODE_IP_ADDRESS=127.0.0.1
    RABBITMQ_NODE_PORT="$port" RABBITMQ_DIST_PORT="$(free_port)" RABBITMQ_MNESIA_BASE="$folder/data" RABBITMQ_LOG_BASE="$folder/log"
    RABBITMQ_CONFIG_FILE="$folder/rabbitmq" RABBITMQ_ENABLED_PLUGINS_FILE="$folder/plugins" RABBITMQ_PID_FILE="$folder/pid")
  if ((EUID == 0)); then user="runuser -u rabbitmq --"; fi
  printf '#!/bin/sh\ncd / && exec %s env %s %s/rabbitmqctl -q "$@"\n' "$user" "${environment[*]}" "$bin" >"$folder/rabbitmqctl"
  chmod 755 "$folder/rabbitmqctl"
  # Ctrl-C reaches the broker too, and to stop by a file that it has removed waits for ever.
  stops+=("[[ ! -e $folder/pid ]] || timeout 30 $folder/rabbitmqctl stop $folder/pid" "${environment[1]} epmd -kill")
  as_user rabbitmq env "${environment[@]}" "$bin/rabbitmq-server" >"$folder/out" 2>&1 &
  "$folder/rabbitmqctl" wait --timeout 60 "$folder/pid" >/dev/null || { cat "$folder/out" >&2; return 1; }
  "$folder/rabbitmqctl" add_user tests "$password"
  "$folder/rabbitmqctl" set_user_tags tests administrator
  export COINSPHERE_TEST_RABBITMQ="amqp://tests:$password@127.0.0.1:$port" COINSPHERE_TEST_RABBITMQCTL="$folder/rabbitmqctl"
}

start_redis() {
  local folder=$work/redis port tries=0
  port=$(free_port)
  mkdir "$folder"
  "${program[redis]}" --bind 127.0.0.1 --port "$port" --dir "$folder" --save "" --appendonly no >"$folder/log" &
  stops+=("kill $!")
  until redis-cli -p "$port" ping >/dev/null 2>&1; do
    if ((++tries > 50)); then cat "$folder/log" >&2; return 1; fi
    sleep 0.1
  done
  export COINSPHERE_TEST_REDIS="127.0.0.1:$port"
}
