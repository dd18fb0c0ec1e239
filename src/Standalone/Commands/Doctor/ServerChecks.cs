using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Certificates;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Hosting.Messaging.Parked;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Coinsphere.Messaging.Worker.Storage;
using Coinsphere.Messaging.Worker.Storage.Sqlite;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Coinsphere.Messaging.Standalone.Commands.Doctor;

/// <summary>Checks the servers that are configured, as the hosts use them, and their clocks.</summary>
internal sealed class ServerChecks(IServiceProvider services, IConfiguration configuration)
{
    private static readonly TimeSpan LoginLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ClockLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ConnectPause = TimeSpan.FromMilliseconds(50);

    public async Task DatabaseAsync(Check check, CancellationToken cancellationToken)
    {
        if (services.GetRequiredService<IOptions<PricesOptions>>().Value.Database is null)
        {
            await RecordsFileAsync(check, cancellationToken);
            return;
        }

        var database = services.GetRequiredService<NpgsqlDataSource>();
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            var asked = DateTimeOffset.UtcNow;
            var now = await connection.ExecuteScalarAsync<DateTime>(new CommandDefinition("select clock_timestamp()", cancellationToken: cancellationToken));
            Clock(check, new DateTimeOffset(now.ToUniversalTime()), asked);
            await TablesAsync(check, database, cancellationToken);
        }
        catch (Exception fault) when (fault is NpgsqlException or TimeoutException or SocketException or IOException)
        {
            check.Fault(
                DatabaseFaults.Describe(database, fault),
                DatabaseFaults.IsLoginRefused(fault) ? "correct user and password in DATABASE_URL" : "start it, or correct DATABASE_URL");
        }
    }

    public async Task CacheAsync(Check check, CancellationToken cancellationToken)
    {
        var options = services.GetRequiredService<IOptions<RedisOptions>>().Value;
        if (!options.Enabled)
        {
            check.Ok("in memory, no Redis is configured");
            return;
        }

        var redis = services.GetRequiredService<RedisConnection>();
        await redis.StartAsync(cancellationToken);
        // A busy machine connects in the background.
        var started = Stopwatch.GetTimestamp();
        while (!redis.IsAvailable && Stopwatch.GetElapsedTime(started) < ConnectLimit)
        {
            await Task.Delay(ConnectPause, cancellationToken);
        }

        if (!redis.IsAvailable)
        {
            var why = services.GetRequiredService<Conditions>().Notes.FirstOrDefault(note => note.StartsWith("redis: ", StringComparison.Ordinal));
            check.Fault(why?["redis: ".Length..] ?? $"{options.Address} is unavailable", "start it, or correct REDIS_HOST, REDIS_PORT and the login");
            return;
        }

        check.Ok($"Redis {options.Address} answers");
        var asked = DateTimeOffset.UtcNow;
        var time = await redis.AskAsync(database => database.ExecuteAsync("TIME"), cancellationToken);
        if (time is { State: RedisState.Answered, Value: { IsNull: false } parts }
            && long.TryParse(((string?[]?)parts)?[0], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            // Redis gives the microseconds apart, and a second is the limit.
            Clock(check, DateTimeOffset.FromUnixTimeSeconds(seconds).AddSeconds(0.5), asked);
        }
    }

    public async Task BrokerAsync(Check check, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(configuration["RabbitMq:Url"]))
        {
            check.Ok($"none is configured: {Usage.Program} needs none, separate processes do (RABBITMQ_URL)");
            return;
        }

        Uri url;
        ServerCertificate certificate;
        try
        {
            url = MessageBus.RabbitMqUrl(configuration);
            certificate = BrokerTls.Certificate(configuration, url);
        }
        catch (Exception wrong) when (wrong is InvalidOperationException or SettingException)
        {
            check.Fault(SettingNames.AsGiven(wrong.Message));
            return;
        }

        if (await new BrokerLogin(url, certificate).FindFaultAsync(LoginLimit, cancellationToken) is { } fault)
        {
            check.Fault(fault.Text, certificate.Fault is not null
                ? $"correct the broker's certificate, or {BrokerTls.AuthorityKey}"
                : fault.IsRefusal
                ? "correct RABBITMQ_URL, or import rabbitmq/definitions.json, which creates users and virtual host"
                : "start it, or correct RABBITMQ_URL");
            return;
        }

        check.Ok($"RabbitMQ {url.Host} accepts the login");
        await using var broker = await ParkedBroker.ConnectAsync(url, certificate, "coinsphere doctor", cancellationToken);
        var parked = 0u;
        foreach (var queue in ParkedMessages.All)
        {
            parked += await broker.CountAsync(queue.Name, cancellationToken) ?? 0;
        }

        if (parked > 0)
        {
            check.Note(AskCommand.Text($"{parked} messages could not be processed and are parked"), $"'{Usage.Program} parked list' shows them");
        }
    }

    public async Task CollectorAsync(Check check, CancellationToken cancellationToken)
    {
        // A wrong URL is a fault of the settings.
        if (!Uri.TryCreate(configuration["Telemetry:OtlpEndpoint"], UriKind.Absolute, out var url))
        {
            return;
        }

        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(url.Host, url.Port, cancellationToken);
            check.Ok($"{url.Host}:{url.Port} takes connections");
        }
        catch (SocketException failure)
        {
            check.Fault($"{url.Host}:{url.Port} cannot be reached: {failure.Message}", "start it, or correct OTEL_EXPORTER_OTLP_ENDPOINT");
        }
    }

    private async Task RecordsFileAsync(Check check, CancellationToken cancellationToken)
    {
        if (services.GetService<RecordsFile>() is not { } file)
        {
            check.Ok("none is configured: no history, no accuracy");
        }
        else if (!File.Exists(file.FullPath))
        {
            check.Ok($"'{file.Name}' is not there yet: the service creates it");
        }
        else
        {
            try
            {
                var recorded = await services.GetRequiredService<IRecordsSource>().ReadAsync(
                    connection => connection.ExecuteScalarAsync<long>("select count(*) from predictions"), cancellationToken);
                check.Ok(AskCommand.Text($"'{file.Name}', {recorded} recorded predictions"));
            }
            catch (RecordsFileException fault)
            {
                check.Fault(fault.Message);
            }
        }
    }

    private static async Task TablesAsync(Check check, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var name = $"'{connection.Database}' on {connection.Host}:{connection.Port}";
        var (missing, denied) = await new Migrator(database, Migration.Embedded, NullLogger<Migrator>.Instance).InspectAsync(cancellationToken);
        if (missing.Count > 0)
        {
            check.Note($"{name} can be read, and misses {string.Join(", ", missing)}", "a worker's start or an import applies them");
        }
        else if (denied is not null)
        {
            check.Fault($"{name} can be read, and user '{connection.Username}' may not write to {denied}", "grant insert and update, or set Database:ReadOnly");
        }
        else
        {
            check.Ok($"{name} can be read and written to");
        }
    }

    private static void Clock(Check check, DateTimeOffset theirs, DateTimeOffset asked)
    {
        // Read between the question and its answer.
        var ours = asked + ((DateTimeOffset.UtcNow - asked) / 2);
        if ((theirs - ours) is var ahead && ahead.Duration() > ClockLimit)
        {
            check.Fault(
                AskCommand.Text($"its clock is {ahead.Duration().TotalSeconds:0.0} s {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} this machine's"),
                "synchronise the clocks, for example with chrony");
        }
    }
}
