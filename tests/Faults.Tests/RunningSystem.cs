using System.Globalization;
using System.Text.Json.Nodes;

namespace Coinsphere.Messaging.Faults.Tests;

/// <summary>A gateway, two workers, a broker, a Redis, a database and a folder of checkpoints, all of a test's own: what it breaks, nobody else uses.</summary>
internal sealed class RunningSystem : IAsyncDisposable
{
    private const string Checkpoint = "BTC_best.pth";

    private readonly DirectoryInfo _models = Directory.CreateTempSubdirectory("models-");
    private (string, string)[] _settings = [];

    public RedisServer Redis { get; } = new();

    public RabbitMqServer Broker { get; private set; } = null!;

    public TestDatabase Database { get; private set; } = null!;

    public RunningGateway Gateway { get; private set; } = null!;

    public List<ServiceProcess> Workers { get; } = [];

    /// <summary>The digest of the model that served first.</summary>
    public string FirstModel { get; private set; } = "";

    public static async Task<RunningSystem> StartAsync()
    {
        var system = new RunningSystem();
        await system.Redis.StartAsync();
        system.Broker = await RabbitMqServer.StartNewAsync();
        system.Database = await TestDatabase.CreateAsync();
        system.Serve("BTC");
        system._settings =
        [
            ("Prices__Database", system.Database.ConnectionString), ("Prices__AllowSynthetic", "false"), ("Prices__MaxAge", ""), ("SUPPORTED_SYMBOLS", "BTC"),
            // Short, so that answers are computed too.
            ("Cache__PredictionSeconds", "2"), ("Cache__RiskSeconds", "2"),
            ("MODEL_CHECKPOINT_DIR", system._models.FullName), ("Redis__Host", "127.0.0.1"), ("Redis__Port",
                system.Redis.Port.ToString(CultureInfo.InvariantCulture)),
        ];
        await system.AddWorkerAsync();
        await system.AddPricesAsync();
        await system.AddWorkerAsync();
        var (process, http) = await ServiceProcess.StartGatewayAsync(system.Broker.Url(Messaging.Tests.Broker.Gateway), system._settings[3..]);
        system.Gateway = new RunningGateway(process, http);
        await system.Gateway.ReadyAsync();
        await system.Broker.FlushAsync();
        system.FirstModel = await system.ModelAsync();
        return system;
    }

    /// <summary>Another worker, which can answer when this returns.</summary>
    public async Task AddWorkerAsync() => Workers.Add(await ServiceProcess.StartWorkerAsync(Broker.Url(Messaging.Tests.Broker.Worker), _settings));

    public async Task KillWorkerAsync(int index)
    {
        await Workers[index].KillAsync();
        await Workers[index].DisposeAsync();
        Workers.RemoveAt(index);
    }

    /// <summary>Puts the bundled checkpoint of a symbol in the place of what serves BTC, as an operator would: whole, by moving it there.</summary>
    public void Serve(string symbol)
    {
        var unfinished = Path.Combine(_models.FullName, "copy.tmp");
        File.Copy(Path.Combine(Repository.Checkpoints, $"{symbol}_best.pth"), unfinished, overwrite: true);
        // Equal sizes and times would not look like a change.
        File.SetLastWriteTimeUtc(unfinished, DateTime.UtcNow);
        File.Move(unfinished, Path.Combine(_models.FullName, Checkpoint), overwrite: true);
    }

    /// <summary>The digest of the model that serves now.</summary>
    public async Task<string> ModelAsync() => (string?)JsonNode.Parse(await Gateway.Http.GetStringAsync("/models/BTC"))!["model_digest"] ?? "";

    /// <summary>What the gateway's readiness says.</summary>
    public async Task<string> ReadinessAsync()
    {
        using var response = await Gateway.Http.GetAsync("/health/ready");
        return await response.Content.ReadAsStringAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Gateway is not null)
        {
            await Gateway.DisposeAsync();
        }

        foreach (var worker in Workers)
        {
            await worker.DisposeAsync();
        }

        if (Broker is not null)
        {
            await Broker.DisposeAsync();
        }

        await Redis.DisposeAsync();
        if (Database is not null)
        {
            await Database.DisposeAsync();
        }

        _models.Delete(recursive: true);
    }

    private Task AddPricesAsync() => Database.ExecuteAsync("""
        insert into tokens (id, symbol, name, blockchain) values ('btc', 'BTC', 'BTC', 'none');
        insert into price_data (time, token_id, open, high, low, close, volume)
        select day, 'btc', price, price + 5, price - 5, price + 1, 1000 + n % 17
        from (select day, n, 1000 + 100 * sin(n / 9.0) + n as price from generate_series('2020-01-01'::timestamp, '2024-06-30',
        '1 day') with ordinality as days (day, n)) prices
        """);
}
