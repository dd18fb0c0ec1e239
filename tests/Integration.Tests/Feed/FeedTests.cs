using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Coinsphere.Messaging.MarketStandIn;

namespace Coinsphere.Messaging.Integration.Tests.Feed;

/// <summary>Workers with a feed as processes of their own, on a real broker with the shipped users, a real database, and a market that stands in.</summary>
public sealed class FeedTests(Broker broker) : IClassFixture<Broker>, IAsyncLifetime
{
    private static readonly DateOnly Yesterday = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(-1);
    private static readonly DateOnly Since = Yesterday.AddDays(-499);

    private TestDatabase _database = null!;
    private StandInMarket _market = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _market = await StandInMarket.StartAsync(TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _market.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Feed_PublishesBars_WhichAreStored_AndFillsTheGapOfAnOutage()
    {
        await using var worker = await StartAsync();
        await StoredAsync("BTC", 500);
        await StoredAsync("ETH", 500);

        await Until.True(() => IsUpToDate(worker.Output), () => worker.Output, TimeSpan.FromMinutes(1));

        // What an outage leaves: a day without a bar, and the newest days.
        _market.IsDown = true;
        await WroteAsync(worker, "feed: binance");
        await _database.ExecuteAsync("delete from price_data where time >= current_date - 5 or time = current_date - 9");
        _market.IsDown = false;

        await StoredAsync("BTC", 500);
        await StoredAsync("ETH", 500);
        await Until.True(() => IsUpToDate(worker.Output), () => worker.Output, TimeSpan.FromMinutes(1));
        Assert.Equal(
            (double)_market.Series.Of(MarketPair.OfBinance("BTCUSDT")!)[^2].Close,
            await _database.ValueAsync<double>("select close::float8 from price_data where token_id = 'coinsphere-BTC' order by time desc limit 1"),
            1e-6);
    }

    [Fact]
    public async Task OfTwoWorkers_OneFeeds_AndTheOtherFollowsWhenItIsKilled()
    {
        await using var first = await StartAsync();
        await StoredAsync("ETH", 500);
        await using var second = await StartAsync();
        var (gateway, http) = await ServiceProcess.StartGatewayAsync(broker.Url(Broker.Gateway), ("SUPPORTED_SYMBOLS", "BTC,ETH"));
        await using var _ = gateway;
        // Either of them says how old the bars are.
        for (var i = 0; i < 4; i++)
        {
            var models = default(JsonElement);
            await Until.True(
                async () =>
                {
                    using var response = await http.GetAsync(new Uri("/models", UriKind.Relative), Cancel);
                    models = response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<JsonElement>(Cancel) : default;
                    return response.IsSuccessStatusCode;
                },
                "the models are described",
                TimeSpan.FromMinutes(1));
            Assert.All(
                models.GetProperty("models").EnumerateArray(),
                model => Assert.Equal(Yesterday.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), model.GetProperty("newest_bar").GetString()));
        }

        Assert.Contains("This process fetches bars from Binance", first.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("This process fetches bars", second.Output, StringComparison.Ordinal);
        await first.KillAsync();

        await WroteAsync(second, "This process fetches bars from Binance");
        _market.Series.Correct("BTC", Yesterday, 3);
        var volume = (double)_market.Series.Of(MarketPair.OfBinance("BTCUSDT")!)[^2].Value;
        await _database.UntilAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"select abs(volume::float8 / {volume} - 1) < 1e-6 from price_data where token_id = 'coinsphere-BTC' order by time desc limit 1"));
    }

    // A pass that runs before the bars of the last one are stored takes them for lost, and the next one finds them.
    private static bool IsUpToDate(string output) =>
        output.LastIndexOf("Days behind: BTC 0, ETH 0", StringComparison.Ordinal) == output.LastIndexOf("Days behind: ", StringComparison.Ordinal)
        && output.LastIndexOf(" feed: ", StringComparison.Ordinal) <= output.LastIndexOf(" feed has recovered", StringComparison.Ordinal);

    private static Task WroteAsync(ServiceProcess worker, string text) =>
        Until.True(() => worker.Output.Contains(text, StringComparison.Ordinal), () => worker.Output, TimeSpan.FromMinutes(1));

    private Task StoredAsync(string symbol, int days) =>
        _database.UntilAsync($"select count(*) = {days} from price_data where token_id = 'coinsphere-{symbol}'");

    private Task<ServiceProcess> StartAsync() => ServiceProcess.StartWorkerAsync(
        broker.Url(Broker.Worker),
        ("DATABASE_URL", _database.ConnectionString), ("SUPPORTED_SYMBOLS", "BTC,ETH"), ("Feed__Source", "binance"), ("Feed__Every", "00:00:01"),
        ("Feed__Since", Since.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), ("Feed__Binance__Url", _market.Url));
}
