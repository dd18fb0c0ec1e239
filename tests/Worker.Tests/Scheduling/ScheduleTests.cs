using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Worker.Scheduling;

namespace Coinsphere.Messaging.Worker.Tests.Scheduling;

public sealed class ScheduleTests : IAsyncDisposable
{
    private static readonly ScheduleOptions Default = new();

    private Cluster? _cluster;

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    [Fact]
    public async Task Week_HasEveryRunOnce_WhoeverIsKilled()
    {
        var cluster = await StartAsync("2028-02-26T00:00:00Z", Default, "BTC", "ETH");
        var random = new Random(1);
        await cluster.UntilAsync("2028-03-04T00:00:00Z", () =>
        {
            // A day's bar is there soon after the day.
            SetBars(cluster.Time.GetUtcNow().AddMinutes(-2));
            if (random.Next(200) == 0)
            {
                // Killed, and followed by another process.
                cluster.Time.Advance(TimeSpan.FromSeconds(10));
                cluster.TakeOver();
            }
        });

        var runs = Enumerable.Range(0, 28).Select(i => Text(new DateTimeOffset(2028, 2, 26, 0, 0, 0, TimeSpan.Zero).AddHours(6 * i))).ToArray();
        Assert.Equal(runs, cluster.Asked.Select(asked => asked.Run).Where(run => run.Contains('T')).Distinct());
        Assert.All(runs, run => cluster.AssertAsked(run, "BTC", "ETH"));
        Assert.Equal(28, cluster.Log.Count(line => line.StartsWith("Scheduled run", StringComparison.Ordinal)));
        // The first one closed when the week began.
        Assert.Equal(
            Enumerable.Range(25, 5).Select(day => $"bars of 2028-02-{day}").Append("bars of 2028-03-01").Append("bars of 2028-03-02"),
            cluster.Asked.Select(asked => asked.Run).Where(run => run.StartsWith("bars", StringComparison.Ordinal)).Distinct());
        Assert.All(
            cluster.Asked.Where(asked => asked.Run.StartsWith("bars", StringComparison.Ordinal)).GroupBy(asked => (asked.Run, asked.Symbol)),
            group => Assert.Equal(4, group.Count()));
    }

    [Fact]
    public async Task MissedRuns_AreMadeUpOnce()
    {
        var cluster = await StartAsync("2026-03-10T00:00:00Z", Default, "BTC");
        SetBars(cluster.Time.GetUtcNow());
        await cluster.UntilAsync("2026-03-10T01:00:00Z");

        cluster.Time.Advance(TimeSpan.FromHours(40));
        cluster.TakeOver();
        await cluster.UntilAsync("2026-03-11T17:59:00Z");

        Assert.Equal(["2026-03-10T00:00:00Z", "2026-03-11T12:00:00Z"], Runs(cluster));
        Assert.Contains(
            cluster.Log,
            line => line.StartsWith("Scheduled run of 2026-03-11 12:00 made_up: 4 questions about 1 symbols", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunOfAKilledProcess_IsContinued()
    {
        var cluster = await StartAsync("2026-03-10T06:00:00Z", Default, "BTC", "ETH");
        SetBars(cluster.Time.GetUtcNow());
        await cluster.UntilAsync("2026-03-10T06:01:00Z");
        cluster.AssertAsked("2026-03-10T06:00:00Z", "BTC");

        cluster.TakeOver();
        await cluster.UntilAsync("2026-03-10T11:00:00Z");

        cluster.AssertAsked("2026-03-10T06:00:00Z", "BTC", "ETH");
        Assert.Contains("continued", Assert.Single(cluster.Log, line => line.StartsWith("Scheduled run", StringComparison.Ordinal)), StringComparison.Ordinal);
        cluster.TakeOver();
        await cluster.UntilAsync("2026-03-10T11:30:00Z");
        Assert.Equal(2 * 4, cluster.Asked.Count);
    }

    [Fact]
    public async Task Questions_AreSpread()
    {
        var cluster = await StartAsync("2026-03-10T06:00:00Z", Default, "A", "B", "C", "D", "E");
        SetBars(cluster.Time.GetUtcNow(), "A", "B", "C", "D", "E");
        await cluster.UntilAsync("2026-03-10T06:02:30Z");
        Assert.Equal(3, cluster.Asked.Select(asked => asked.Symbol).Distinct().Count());

        await cluster.UntilAsync("2026-03-10T06:05:00Z");
        cluster.AssertAsked("2026-03-10T06:00:00Z", "A", "B", "C", "D", "E");
    }

    [Fact]
    public async Task FrequentRuns_AreSpreadOverHalfTheirInterval()
    {
        var cluster = await StartAsync("2026-03-10T06:00:00Z", new() { Every = TimeSpan.FromMinutes(2) }, "A", "B");
        SetBars(cluster.Time.GetUtcNow(), "A", "B");
        await cluster.UntilAsync("2026-03-10T06:01:00Z");

        cluster.AssertAsked("2026-03-10T06:00:00Z", "A", "B");
    }

    [Fact]
    public async Task ClockThatGoesBack_RepeatsNoRun()
    {
        var cluster = await StartAsync("2026-03-10T12:10:00Z", Default, "BTC");
        SetBars(cluster.Time.GetUtcNow());
        await cluster.UntilAsync("2026-03-10T12:20:00Z");

        cluster.Time.AdjustTime(cluster.Time.GetUtcNow().AddHours(-3));
        await cluster.UntilAsync("2026-03-10T17:00:00Z");
        Assert.Equal(["2026-03-10T12:00:00Z"], Runs(cluster));

        await cluster.UntilAsync("2026-03-10T18:10:00Z");
        Assert.Equal(["2026-03-10T12:00:00Z", "2026-03-10T18:00:00Z"], Runs(cluster));
    }

    [Fact]
    public async Task ClockThatWasYearsAhead_DoesNotStopTheRuns()
    {
        var cluster = await StartAsync("2036-03-10T12:10:00Z", Default, "BTC");
        SetBars(cluster.Time.GetUtcNow().AddYears(-10));
        await cluster.UntilAsync("2036-03-10T12:20:00Z");

        cluster.Time.AdjustTime(cluster.Time.GetUtcNow().AddYears(-10));
        await cluster.UntilAsync("2026-03-10T18:10:00Z");

        Assert.Equal(["2036-03-10T12:00:00Z", "2026-03-10T12:00:00Z", "2026-03-10T18:00:00Z"], Runs(cluster));
    }

    [Fact]
    public async Task Cron_RunsOnLeapDays()
    {
        var cluster = await StartAsync("2027-06-01T00:00:00Z", new() { Cron = "0 6 29 2 *" }, "BTC");
        SetBars(cluster.Time.GetUtcNow());
        await cluster.UntilAsync("2027-06-01T00:10:00Z");
        cluster.Time.AdjustTime(DateTimeOffset.Parse("2028-02-29T05:55:00Z", CultureInfo.InvariantCulture));
        await cluster.UntilAsync("2028-02-29T06:10:00Z");

        Assert.Equal(["2024-02-29T06:00:00Z", "2028-02-29T06:00:00Z"], Runs(cluster));
    }

    [Fact]
    public async Task SymbolsWithoutPrices_AreNamedOnce_AndNotAskedAbout()
    {
        var cluster = await StartAsync("2026-03-10T06:00:00Z", Default, "BTC", "NONE", "NIL");
        SetBars(cluster.Time.GetUtcNow(), "BTC");
        await cluster.UntilAsync("2026-03-10T07:00:00Z");

        cluster.AssertAsked("2026-03-10T06:00:00Z", "BTC");
        Assert.EndsWith("without prices: NONE NIL", Assert.Single(cluster.Log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_IsOneQuestionASymbol()
    {
        var cluster = await StartAsync("2026-03-10T06:00:00Z", Default, "BTC", "ETH");
        SetBars(cluster.Time.GetUtcNow(), "BTC");
        await cluster.UntilAsync("2026-03-10T06:30:00Z");

        var day = new DateOnly(2023, 1, 1);
        await cluster.UntilAsync("2026-03-10T06:40:00Z", () => cluster.Prices.Newest["ETH"] = day = day.AddDays(10));
        await cluster.UntilAsync("2026-03-10T06:42:00Z");

        cluster.AssertAsked("bars of 2026-03-09", "ETH");
    }

    [Fact]
    public async Task BarThatIsThereLater_IsAskedAboutWithinAMinute()
    {
        var cluster = await StartAsync("2026-03-10T06:00:00Z", Default, "BTC", "ETH");
        SetBars(cluster.Time.GetUtcNow().AddDays(-1));
        await cluster.UntilAsync("2026-03-10T07:00:00Z");
        var version = await cluster.Cache.VersionAsync("ETH", TestContext.Current.CancellationToken);

        SetBars(cluster.Time.GetUtcNow(), "ETH");
        await cluster.UntilAsync("2026-03-10T07:00:40Z");

        cluster.AssertAsked("bars of 2026-03-09", "ETH");
        Assert.Contains("New bars: 4 questions about ETH", cluster.Log);
        // No cached answer is older.
        Assert.Equal(version, await cluster.Cache.VersionAsync("ETH", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task CachedAnswerOfAnOlderBar_IsInvalidatedBeforeItIsAskedAgain()
    {
        var cluster = await StartAsync("2026-03-10T06:00:00Z", Default, "BTC");
        SetBars(cluster.Time.GetUtcNow().AddDays(-1));
        await cluster.UntilAsync("2026-03-10T07:00:00Z");
        var version = await cluster.Cache.VersionAsync("BTC", TestContext.Current.CancellationToken);
        var key = CacheKey.Of(new RiskQuery("BTC", null));
        var body = """{"symbol":"BTC","data_as_of":"2026-03-08"}"""u8.ToArray();
        await cluster.Cache.StoreAsync(key, version, body, TimeSpan.FromHours(2), TestContext.Current.CancellationToken);
        Assert.NotNull(await cluster.Cache.ReadAsync(key, TestContext.Current.CancellationToken));

        SetBars(cluster.Time.GetUtcNow());
        await cluster.UntilAsync("2026-03-10T07:00:40Z");

        Assert.Null(await cluster.Cache.ReadAsync(key, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task BrokerThatIsAway_DelaysARun()
    {
        using var measured = new Measurements("coinsphere.schedule.");
        var cluster = await StartAsync("2026-03-10T06:00:00Z", Default, "BTC", "ETH");
        SetBars(cluster.Time.GetUtcNow());
        cluster.IsBrokerAway = true;
        await cluster.UntilAsync("2026-03-10T06:30:00Z");
        Assert.Empty(cluster.Asked);
        Assert.Empty(measured["coinsphere.schedule.questions"]);
        // The run is late, and stays so.
        Assert.Equal(Seconds("2026-03-10T06:05:00Z"), measured["coinsphere.schedule.deadline"].Last());

        cluster.IsBrokerAway = false;
        await cluster.UntilAsync("2026-03-10T06:31:00Z");
        cluster.AssertAsked("2026-03-10T06:00:00Z", "BTC", "ETH");
        Assert.Equal(8, measured["coinsphere.schedule.questions"].Sum());
        Assert.Equal(Seconds("2026-03-10T12:05:00Z"), measured["coinsphere.schedule.deadline"].Last());
    }

    private static double Seconds(string instant) => DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture).ToUnixTimeSeconds();

    private static IEnumerable<string> Runs(Cluster cluster) => cluster.Asked.Select(asked => asked.Run).Where(run => run.Contains('T')).Distinct();

    private static string Text(DateTimeOffset instant) => instant.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private async Task<Cluster> StartAsync(string now, ScheduleOptions options, params string[] symbols) =>
        _cluster = await Cluster.StartAsync(now, options, symbols);

    // The bar of the day before.
    private void SetBars(DateTimeOffset at, params string[] symbols)
    {
        foreach (var symbol in symbols.Length > 0 ? symbols : ["BTC", "ETH"])
        {
            _cluster!.Prices.Newest[symbol] = DateOnly.FromDateTime(at.UtcDateTime).AddDays(-1);
        }
    }
}
