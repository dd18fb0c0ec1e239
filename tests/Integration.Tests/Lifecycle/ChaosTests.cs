using System.Globalization;

namespace Coinsphere.Messaging.Integration.Tests.Lifecycle;

/// <summary>
/// Durable requests while their workers, the database's connections, Redis and the broker are killed or paused: every confirmed one is
/// answered, and recorded once. <c>COINSPHERE_TEST_SEED</c> repeats a run's faults, their order, victims and distances.
/// </summary>
public sealed class ChaosTests : IAsyncLifetime
{
    // A worker's or the broker's death counts against all that was fetched, and a message is delivered four times: three can park none.
    private static readonly string[] Faults = ["worker", "worker", "broker", "database", "database", "redis killed", "redis paused"];
    // For test machines that are busy.
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(1);
    private static readonly string[] Queues = ["predict-durable", "risk-durable", "prediction-records"];

    private readonly RedisServer _redis = new();
    private readonly List<ServiceProcess> _workers = [];
    private RabbitMqServer _broker = null!;
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        await _redis.StartAsync();
        _broker = await RabbitMqServer.StartNewAsync();
        _database = await TestDatabase.CreateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }

        await _broker.DisposeAsync();
        await _redis.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task ConfirmedDurableRequests_AreAnsweredAndRecordedOnce_WhateverIsKilled()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("COINSPHERE_TEST_SEED"), out var given) ? given : Random.Shared.Next(1, 100_000);
        var random = new Random(seed);
        var faults = Faults.ToArray();
        random.Shuffle(faults);
        var run = $"seed {seed}, faults {string.Join(", ", faults)}";
        var traffic = new DurableTraffic(_broker, new Random(seed), atATime: 4, TimeSpan.FromMilliseconds(50));
        try
        {
            await RunAsync(faults, random, traffic);
            var account = await AccountAsync(traffic);
            var parked = await QueuedAsync(IsParked);
            Assert.True(account.IsWhole && account.IsSingle && parked == 0, $"{parked} parked");
            TestContext.Current.TestOutputHelper!.WriteLine($"{run}: {account}, 0 parked");
        }
        catch (Exception failure)
        {
            var bindings = await _broker.ControlAsync("list_bindings", "-p", "coinsphere", "source_name", "destination_name");
            throw new InvalidOperationException($"{run}: {await AccountAsync(traffic)}: {failure.Message}\n{await QueuesAsync()}\n{bindings}", failure);
        }
    }

    private async Task RunAsync(string[] faults, Random random, DurableTraffic traffic)
    {
        _workers.Add(await StartWorkerAsync());
        await AddPricesAsync();
        _workers.Add(await StartWorkerAsync());
        await traffic.ListenAsync();
        await _broker.FlushAsync();
        using var ended = new CancellationTokenSource();
        var publishing = traffic.PublishAsync(ended.Token);
        // What is wrong with Redis lasts until the next fault has come.
        Func<Task>? heal = null;
        foreach (var fault in faults)
        {
            var enough = await RecordedAsync() + random.Next(5, 60);
            await Until.True(async () => publishing.IsCompleted || await RecordedAsync() >= enough, $"predictions are recorded before the fault {fault}");
            // There is one Redis, to be well before it is struck again.
            if (heal is not null && fault.StartsWith("redis", StringComparison.Ordinal))
            {
                await heal();
                heal = null;
            }

            var heals = await StrikeAsync(fault, random);
            if (heal is not null)
            {
                await heal();
            }

            heal = heals;
        }

        if (heal is not null)
        {
            await heal();
        }

        await ended.CancelAsync();
        await publishing;
        // A queue's length is known late after a restart, so what is left is told by what is still unanswered.
        await Until.True(async () => (await AccountAsync(traffic)).IsWhole, "every request is answered and recorded", DrainLimit);
        await Until.True(async () => await QueuedAsync(Queues.Contains) == 0, "empty queues");
    }

    private async Task<Account> AccountAsync(DurableTraffic traffic)
    {
        var rows = await _database.ValueAsync<string>(
            "select string_agg(concat_ws('=', features ->> 'data_as_of' || ' ' || timeframe, id), ',') from predictions");
        var recorded = rows!.Split(',').Select(row => row.Split('=')).ToLookup(cells => cells[0], cells => cells[1]);
        return new Account(traffic, await traffic.HeardAsync(), recorded);
    }

    /// <returns>What ends the fault, where it lasts.</returns>
    private async Task<Func<Task>?> StrikeAsync(string fault, Random random)
    {
        switch (fault)
        {
            case "worker":
                var victim = random.Next(_workers.Count);
                await _workers[victim].KillAsync();
                await _workers[victim].DisposeAsync();
                _workers[victim] = await StartWorkerAsync();
                return null;
            case "broker":
                await _broker.KillAsync();
                await _broker.StartAsync();
                return null;
            case "database":
                await _database.ExecuteAsync(
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
                return null;
            case "redis killed":
                await _redis.KillAsync();
                return _redis.StartAsync;
            default:
                _redis.Pause();
                return () =>
                {
                    _redis.Resume();
                    return Task.CompletedTask;
                };
        }
    }

    private Task<ServiceProcess> StartWorkerAsync() => ServiceProcess.StartWorkerAsync(
        _broker.Url(Broker.Worker), ("Prices__Database", _database.ConnectionString), ("Prices__AllowSynthetic", "false"),
        ("Redis__Host", "127.0.0.1"), ("Redis__Port", _redis.Port.ToString(CultureInfo.InvariantCulture)));

    private Task AddPricesAsync() => _database.ExecuteAsync("""
        insert into tokens (id, symbol, name, blockchain) values ('btc', 'BTC', 'BTC', 'none');
        insert into price_data (time, token_id, open, high, low, close, volume)
        select day, 'btc', price, price + 5, price - 5, price + 1, 1000 + n % 17
        from (select day, n, 1000 + 100 * sin(n / 9.0) + n as price from generate_series('2020-01-01'::timestamp, '2024-06-30',
        '1 day') with ordinality as days (day, n)) prices
        """);

    private static bool IsParked(string queue) =>
        queue.EndsWith("_error", StringComparison.Ordinal) || queue.EndsWith("_dead", StringComparison.Ordinal)
            || queue.EndsWith("_skipped", StringComparison.Ordinal);

    private Task<int> RecordedAsync() => _database.ValueAsync<int>("select count(*) from predictions");

    private Task<string> QueuesAsync() =>
        _broker.ControlAsync("list_queues", "-p", "coinsphere", "name", "messages", "messages_unacknowledged", "consumers", "--no-table-headers");

    /// <summary>The messages of some queues, fetched ones too.</summary>
    private async Task<int> QueuedAsync(Func<string, bool> isMeant)
    {
        var lines = await QueuesAsync();
        return lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).Where(cells => isMeant(cells[0]))
            .Sum(cells => int.Parse(cells[1], CultureInfo.InvariantCulture));
    }
}
