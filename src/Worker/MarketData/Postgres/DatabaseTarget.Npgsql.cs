using System.Globalization;
using Npgsql;

namespace Coinsphere.Messaging.Worker.MarketData.Postgres;

// What each parameter is for Npgsql. A parameter that Npgsql cannot honour is refused, unless all that it changes is speed.
internal sealed partial class DatabaseTarget
{
    private const int MaxTimeout = 1024;

    private static readonly HashSet<string> LibpqKeys = new(StringComparer.Ordinal)
    {
        "host", "hostaddr", "port", "dbname", "user", "password", "passfile", "require_auth", "channel_binding", "connect_timeout",
        "client_encoding", "options", "application_name", "fallback_application_name", "keepalives", "keepalives_idle", "keepalives_interval",
        "keepalives_count", "tcp_user_timeout", "replication", "gssencmode", "sslmode", "requiressl", "sslnegotiation", "sslcompression", "sslcert",
        "sslkey", "sslpassword", "sslcertmode", "sslrootcert", "sslcrl", "sslcrldir", "sslsni", "requirepeer", "ssl_min_protocol_version",
        "ssl_max_protocol_version", "krbsrvname", "gsslib", "gssdelegation", "service", "target_session_attrs", "load_balance_hosts",
    };

    // They change how fast another driver or pool works, or describe the server to it, never what it reads or whom it trusts.
    private static readonly string[] WithoutEffect =
    [
        "keepalives_count", "tcp_user_timeout", "pool_timeout", "sslcompression", "serverVersion", "supa", "workaround", "uselibpqcompat", "binary_parameters",
        "reWriteBatchedInserts", "stringtype", "defaultRowFetchSize", "preparedStatementCacheQueries", "preparedStatementCacheSizeMiB", "autosave",
        "async_fallback",
    ];

    private readonly NpgsqlConnectionStringBuilder _npgsql = [];
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public NpgsqlConnectionStringBuilder ToNpgsql()
    {
        foreach (var (key, value) in _parameters)
        {
            if (!_values.TryAdd(Normal(key), value) && _values[Normal(key)] != value)
            {
                throw Refuse("one of its parameters is there twice, with different values");
            }
        }

        SetTarget();
        SetServers();
        SetTls();
        SetSession();
        SetPool();
        Array.ForEach(WithoutEffect, name => Take(name));
        return _values.Count == 0
            ? _npgsql
            : throw Refuse("it has a parameter that is not known (is the password percent-encoded?): docs/configuration.md lists those that are");
    }

    private void SetTarget()
    {
        var user = Once(_user, "user", "username");
        var password = Once(_password, "password");
        if (user is not null)
        {
            _npgsql.Username = user;
        }

        if (password is not null)
        {
            _npgsql.Password = password;
        }

        _npgsql.Database = Once(_database, "dbname", "database", "database_name") ?? user
            ?? throw Refuse("it names no database, and no user whose name it could have");
        Text("passfile", value => _npgsql.Passfile = value);
        Refused("service", "the service file of libpq is not read: write host, user and database themselves");
        Refused("replication", "this service needs no replication connection: leave it out");
    }

    private void SetServers()
    {
        var ports = Take("port")?.Split(',');
        var hosts = Take("host") is { Length: > 0 } named ? named : Take("hostaddr");
        if (hosts is { Length: > 0 })
        {
            if (_servers.Any(server => server.Host.Length > 0))
            {
                throw Refuse("it names hosts before the database and in the parameter host, expected them once");
            }

            _servers.Clear();
            _servers.AddRange(hosts.Split(',').Select(host => (HostName(host.Trim('[', ']')), (int?)null)));
        }

        Refused("hostaddr", "Npgsql looks up the host itself: leave it out, or leave out host");
        if (_servers.Count == 0 || _servers.Any(server => server.Host.Length == 0))
        {
            throw Refuse("it names no host (a Unix socket is ?host=/var/run/postgresql)");
        }

        if (ports is not null && ports.Length != 1 && ports.Length != _servers.Count)
        {
            throw Refuse($"it has {ports.Length} ports for {_servers.Count} hosts, expected one, or one for each");
        }

        var servers = _servers.Select((server, i) => (server.Host, Port: server.Port ?? (ports is null or [""]
            ? NpgsqlConnection.DefaultPort
            : Port(ports[ports.Length == 1 ? 0 : i])))).ToList();
        if (servers is [var one])
        {
            (_npgsql.Host, _npgsql.Port) = one;
        }
        else
        {
            _npgsql.Host = string.Join(',', servers.Select(server =>
                server.Host.Contains(':') && !server.Host.StartsWith('/') ? $"[{server.Host}]:{server.Port}" : $"{server.Host}:{server.Port}"));
        }

        SetRoles(servers.Count > 1);
    }

    /// <summary>
    /// Which of several servers is used. Where nothing is said, the primary, which can be written to; another one is better than none. A single server is used
    /// as it is: what it does not let be written waits.
    /// </summary>
    private void SetRoles(bool isSeveral)
    {
        var role = Choice("target_session_attrs", "targetServerType") switch
        {
            null or "" or "preferprimary" => "prefer-primary",
            ("any" or "read-write" or "read-only" or "primary" or "standby" or "prefer-standby") and var known => known,
            "master" => "primary",
            "secondary" or "slave" => "standby",
            "prefersecondary" or "preferslave" => "prefer-standby",
            _ => throw Refuse("its target_session_attrs is not one of any, read-write, read-only, primary, standby, prefer-standby"),
        };
        if (isSeveral)
        {
            _npgsql.TargetSessionAttributes = role;
        }

        switch (Choice("load_balance_hosts"))
        {
            case null or "disable" or "false":
                break;
            case "random" or "true":
                _npgsql.LoadBalanceHosts = true;
                break;
            default:
                throw Refuse("its load_balance_hosts is neither disable nor random");
        }

        Number("host_recheck_seconds", 0, int.MaxValue, seconds => _npgsql.HostRecheckSeconds = seconds);
    }

    private void SetSession()
    {
        Text("application_name", value => _npgsql.ApplicationName = value);
        if (Take("fallback_application_name") is { Length: > 0 } fallback)
        {
            _npgsql.ApplicationName ??= fallback;
        }

        foreach (var key in (string[])["schema", "currentSchema", "search_path"])
        {
            Text(key, path => _npgsql.SearchPath = path);
        }

        if (Choice("client_encoding", "charset", "encoding") is { } encoding && encoding is not ("" or "utf8" or "utf-8" or "unicode" or "auto"))
        {
            throw Refuse("its client_encoding is not utf8, the only one that Npgsql reads");
        }

        if (Choice("timezone") is { } zone && zone is not ("" or "utc" or "etc/utc" or "gmt"))
        {
            throw Refuse("its timezone is not UTC: days are UTC days, so leave it out");
        }

        Text("options", value => _npgsql.Options = value);
        foreach (var key in (string[])["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"])
        {
            Number(key, 0, int.MaxValue, value => _npgsql.Options = string.Create(CultureInfo.InvariantCulture, $"{_npgsql.Options} -c {key}={value}").Trim());
        }

        // 0 or less waits for ever
        foreach (var key in (string[])["connect_timeout", "loginTimeout", "connection_timeout"])
        {
            Number(key, int.MinValue, int.MaxValue, seconds => _npgsql.Timeout = Math.Clamp(seconds, 0, MaxTimeout));
        }

        foreach (var key in (string[])["socket_timeout", "command_timeout"])
        {
            Number(key, 0, int.MaxValue, seconds => _npgsql.CommandTimeout = seconds);
        }
    }

    private void SetPool()
    {
        foreach (var key in (string[])["connection_limit", "pool_max_conns", "pool_size", "pool", "max_pool_size"])
        {
            Number(key, 1, MaxTimeout, most => _npgsql.MaxPoolSize = most);
        }

        foreach (var key in (string[])["pool_min_conns", "min_pool_size"])
        {
            Number(key, 0, MaxTimeout, least => _npgsql.MinPoolSize = least);
        }

        // 1 or true, and seconds of their own
        if ((Flag("keepalives") ?? Flag("tcpKeepAlive")) is { } isAlive)
        {
            _npgsql.TcpKeepAlive = isAlive;
        }

        Number("keepalives_idle", 0, int.MaxValue, seconds => _npgsql.TcpKeepAliveTime = seconds);
        Number("keepalives_interval", 0, int.MaxValue, seconds => _npgsql.TcpKeepAliveInterval = seconds);
        foreach (var key in (string[])["statement_cache_size", "statement-cache-capacity", "prepared_statement_cache_size"])
        {
            Number(key, 0, int.MaxValue, most => _npgsql.MaxAutoPrepare = most);
        }

        // JDBC and psycopg: after how many uses; 0 and a negative one have meanings of their own there
        if (Take("prepareThreshold") is "0" or "none" or "None")
        {
            _npgsql.MaxAutoPrepare = 0;
        }

        if (Flag("prepared_statements") is false)
        {
            _npgsql.MaxAutoPrepare = 0;
        }

        switch (Choice("default_query_exec_mode"))
        {
            case null or "" or "cache_statement":
                break;
            case "simple_protocol" or "exec" or "cache_describe" or "describe_exec":
                _npgsql.MaxAutoPrepare = 0;
                break;
            default:
                throw Refuse("its default_query_exec_mode is none of pgx");
        }

        // A pooler whose server connection changes with each transaction: nothing is prepared on one, and none is reset.
        if (Flag("pgbouncer") is true)
        {
            _npgsql.MaxAutoPrepare = 0;
            _npgsql.NoResetOnClose = true;
        }
    }
}
