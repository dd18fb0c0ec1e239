using System.Globalization;
using System.Text.RegularExpressions;

namespace Coinsphere.Messaging.Integration.Tests.Lifecycle;

/// <summary>Two workers as processes of their own, on a real broker with the shipped users and a real database: one schedules.</summary>
public sealed class ScheduleTests(Broker broker) : IClassFixture<Broker>, IAsyncLifetime
{
    private static readonly string[] Symbols = ["BTC", "ETH", "SOL", "TRX"];

    private readonly DirectoryInfo _prices = Directory.CreateTempSubdirectory("prices-");
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        for (var i = 0; i < Symbols.Length; i++)
        {
            await File.WriteAllLinesAsync(
                Path.Combine(_prices.FullName, Symbols[i] + ".csv"),
                Enumerable.Range(-500, 500).Select(day => Row(DateTime.UtcNow.Date.AddDays(day), 100 + i)).Prepend("time,open,high,low,close,volume"));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _prices.Delete(recursive: true);
    }

    [Fact]
    public async Task RunOfAKilledWorker_IsContinuedByTheOther_AndEveryPredictionIsRecordedOnce()
    {
        await using var first = await StartAsync();
        await WroteAsync(first, "This process schedules predictions");
        await using var second = await StartAsync();
        // In the middle of the run.
        await _database.UntilAsync("select count(*) between 1 and 2 from coinsphere_runs where name like 'bar:%'");
        await first.KillAsync();

        await WroteAsync(second, "This process schedules predictions");
        await WroteAsync(second, " continued: ");

        // BTC has a checkpoint, TRX the pooled network.
        await _database.UntilAsync(
            "select count(*) = 12 and count(distinct (token_id, timeframe)) = 12 from predictions where features ->> 'prediction_id' is not null");
        Assert.Equal(1, await _database.ValueAsync<long>("select count(*) from coinsphere_runs where name = 'predictions' and finished_at is not null"));
        Assert.Single(Regex.Matches(first.Output + second.Output, "Scheduled run of "));
    }

    private static Task WroteAsync(ServiceProcess worker, string text) =>
        Until.True(() => worker.Output.Contains(text, StringComparison.Ordinal), () => worker.Output, TimeSpan.FromMinutes(1));

    private static string Row(DateTime day, int price)
    {
        var close = price + (10 * Math.Sin(day.Ticks / (double)TimeSpan.TicksPerDay / 7));
        return string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd},{close},{close + 2},{close - 2},{close},{1000 + day.DayOfYear}");
    }

    private Task<ServiceProcess> StartAsync() => ServiceProcess.StartWorkerAsync(
        broker.Url(Broker.Worker),
        ("DATABASE_URL", _database.ConnectionString), ("SUPPORTED_SYMBOLS", string.Join(',', Symbols)), ("Prices__Folder", _prices.FullName),
        ("Schedule__Every", "06:00:00"), ("Schedule__Spread", "00:00:20"));
}
