using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Npgsql;

namespace Coinsphere.Messaging.Integration.Tests.Commands;

/// <summary><c>doctor</c> as an operator runs it, on set-ups that work and on broken ones.</summary>
public sealed class DoctorCommandTests(Broker broker) : IClassFixture<Broker>, IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("doctor-");
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return _database.DisposeAsync();
    }

    [Fact]
    public async Task SetUpThatWorks_HasNoFault()
    {
        await using var redis = new RedisServer();
        await redis.StartAsync();
        var prices = Prices("BTC", DateOnly.FromDateTime(DateTime.UtcNow).AddDays(-1));

        var run = await RunAsync(
            [
                ("DATABASE_URL", _database.ConnectionString), ("REDIS_HOST", "127.0.0.1"), ("REDIS_PORT", Text(redis.Port)),
                ("RABBITMQ_URL", broker.Url(Broker.Worker)), ("PORT", Text(Ports.Free())),
            ],
            "--prices", prices);

        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.DoesNotContain('\u001b', run.Output);
        Assert.Contains($"Redis 127.0.0.1:{redis.Port} answers", run.Output, StringComparison.Ordinal);
        Assert.Contains($"'{_database.Name}' on 127.0.0.1:", run.Output, StringComparison.Ordinal);
        Assert.Contains("accepts the login", run.Output, StringComparison.Ordinal);
        Assert.Contains("15 of 15 symbols have one", run.Output, StringComparison.Ordinal);
        Assert.Contains("1 symbols to ", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("Nothing is wrong\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EachFaultOfABrokenSetUp_IsNamed_WithoutPasswords()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var models = _folder.CreateSubdirectory("models").FullName;
        await File.WriteAllTextAsync(Path.Combine(models, "BTC_best.pth"), "no checkpoint", TestContext.Current.CancellationToken);
        var prices = Prices("BTC", new DateOnly(2020, 1, 1));
        await File.WriteAllTextAsync(
            Path.Combine(prices, "ETH.csv"), "time,open,high,low,close,volume,market_cap\n2020-01-01,1,much,1,1,1,\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(prices, "sentiment.txt"), "time;score\n", TestContext.Current.CancellationToken);
        var address = new Uri(broker.AdminUrl);

        var run = await RunAsync(
            [
                ("ENVIRONMENT", "prod"), ("CACHE_TTL", "-1"), ("PORT", Text(port)), ("MODEL_CHECKPOINT_DIR", models), ("Prices__MaxAge", "2.00:00:00"),
                ("DATABASE_URL", new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Password = "s3cret" }.ConnectionString),
                ("REDIS_HOST", "127.0.0.1"), ("REDIS_PORT", "1"), ("RABBITMQ_URL", $"amqp://worker:s3cret@{address.Authority}{address.AbsolutePath}"),
                ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"), ("Sentiment__File", Path.Combine(prices, "sentiment.txt")),
            ],
            "--prices", prices, "--json");

        Assert.Equal((1, ""), (run.Code, run.Errors));
        Assert.DoesNotContain("s3cret", run.Output, StringComparison.Ordinal);
        var faults = JsonDocument.Parse(run.Output).RootElement.GetProperty("findings").EnumerateArray()
            .Where(finding => finding.GetProperty("state").GetString() == "fault")
            .Select(finding => $"{finding.GetProperty("check")}: {finding.GetProperty("text")}")
            .ToArray();
        string[] expected =
        [
            "settings: ENVIRONMENT is 'prod': expected development, staging, production",
            "settings: CACHE_TTL is '-1': expected 0 to 86400",
            $"ports: 127.0.0.1:{port}, where it serves, is used by another program",
            $"models: {models}/BTC_best.pth: ",
            "models: 0 of 15 symbols have one",
            "prices: ETH.csv line 2, column high: found 'much'",
            "prices: 1 of 1 symbols end too long ago, BTC on 2020-01-01",
            "sentiment: ",
            $"database: database '{_database.Name}' on 127.0.0.1:",
            "cache: 127.0.0.1:1 is unavailable",
            $"broker: {address.Authority.Split('@')[^1]} refuses user 'worker'",
            "collector: 127.0.0.1:1 cannot be reached",
        ];
        Assert.All(expected, text => Assert.Contains(faults, fault => fault.StartsWith(text, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("DATABASE_URL", "postgresql://me:s3cret@127.0.0.1:1/coins", "database 'coins' on 127.0.0.1:1 cannot be reached")]
    [InlineData("RABBITMQ_URL", "amqp://me:s3cret@127.0.0.1:1/coins", "127.0.0.1:1 cannot be reached")]
    [InlineData("RABBITMQ_URL", "http://me:s3cret@127.0.0.1/", "RABBITMQ_URL is not a RabbitMQ URL")]
    [InlineData("DATABASE_URL", "mysql://me:s3cret@127.0.0.1/coins", "it is not a postgresql:// URL")]
    public async Task ServerThatCannotBeUsed_IsNamed(string name, string value, string expected)
    {
        var run = await RunAsync([(name, value), ("PORT", Text(Ports.Free()))]);

        Assert.Equal((1, ""), (run.Code, run.Errors));
        Assert.Contains(expected, run.Output, StringComparison.Ordinal);
        Assert.EndsWith("1 fault\n", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunningService_IsCheckedFromOutside()
    {
        await using var service = RunningProgram.Start("Standalone", ["--port", "0"], Repository.Root, [("ENVIRONMENT", null), ("DATABASE_URL", null)]);
        var url = await service.ListeningAsync();
        await service.StartedAsync();
        using var http = new HttpClient { BaseAddress = url };
        await Until.True(async () => (await http.GetAsync("/health/ready")).IsSuccessStatusCode, () => service.Output);

        var run = await RunAsync([], "--url", url.AbsoluteUri);

        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.Contains("is ready", run.Output, StringComparison.Ordinal);
        Assert.Contains("BTC is answered, from prices of synthetic to ", run.Output, StringComparison.Ordinal);
        await service.KillAsync();
        Assert.Contains("cannot be reached", (await RunAsync([], "--url", url.AbsoluteUri)).Output, StringComparison.Ordinal);
    }

    private string Prices(string symbol, DateOnly last)
    {
        var folder = _folder.CreateSubdirectory("prices").FullName;
        File.WriteAllLines(Path.Combine(folder, symbol + ".csv"), Enumerable.Range(0, 30)
            .Select(i => string.Create(CultureInfo.InvariantCulture, $"{last.AddDays(i - 29):yyyy-MM-dd},1,9,0.5,{2 + (i % 5)},10,"))
            .Prepend("time,open,high,low,close,volume,market_cap"));
        return folder;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static Task<CommandResult> RunAsync((string, string?)[] environment, params string[] arguments) =>
        CommandLine.RunOwnAsync("Standalone", ["doctor", .. arguments], Repository.Root, environment);
}
